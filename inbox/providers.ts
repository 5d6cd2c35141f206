import { MINUTES_PER_DAY } from "../functions/domain/day";
import { schemeOf, schemeName } from "../providers";
import type { Setup } from "../providers/engine/sender";
import { senders } from "../providers/senders";
import type { Inbox } from "./connect";
import { lastWebhook, type LastWebhook } from "./last-webhook";
import { readCounts, type Counted } from "./metrics";
import type { StackProvider } from "./outputs";
import { secretIssues, type SecretState } from "./secret-issues";
import { portions } from "./portions";

/** Number of providers whose last webhook is looked for concurrently. */
const AT_ONCE = 4;

/** A configured provider, as its operator sees it. */
export interface ProviderState {
  readonly name: string;
  /** Id of the built-in scheme, or the name of a scheme of the user's own. */
  readonly scheme: string;
  /** Name of the provider as people write it. */
  readonly title: string;
  /** URL to enter at the provider. */
  readonly address: string;
  /** Steps to set the webhook up at the provider; null for a scheme of the user's own. */
  readonly setup: Setup | null;
  /** State of the secret; `detail` contains nothing of the secret. */
  readonly secret: { readonly state: SecretState | "usable" | "none needed"; readonly detail: string | null };
  /** Newest webhook of the last seven days; null if there is none. */
  readonly last: LastWebhook | null;
  /** Counts of the last 24 hours from CloudWatch, a minute or two late. */
  readonly lastDay: Readonly<Record<Lowercase<Counted>, number>>;
}

/** Returns the configured providers in the order of the configuration, or only the one with the given name. */
export async function readProviders(inbox: Inbox, name?: string): Promise<readonly ProviderState[]> {
  const wanted = inbox.outputs.providers.filter((provider) => name === undefined || provider.name === name);
  const [issues, counts] = await Promise.all([secretIssues(inbox), readCounts(inbox, MINUTES_PER_DAY)]);
  const states: ProviderState[] = [];
  for (const some of portions(wanted, AT_ONCE)) {
    const read = some.map(async (provider): Promise<ProviderState> => {
      const issue = issues.find((one) => one.provider === provider.name);
      const counted = counts.providers.find((one) => one.name === provider.name)?.counts;
      return {
        ...described(provider, inbox.outputs.api_endpoint),
        secret: {
          state: issue?.state ?? (provider.secret ? "usable" : "none needed"),
          detail: issue?.detail ?? null,
        },
        last: await lastWebhook(inbox, provider.name),
        lastDay: {
          accepted: counted?.Accepted ?? 0,
          duplicate: counted?.Duplicate ?? 0,
          rejected: counted?.Rejected ?? 0,
          published: counted?.Published ?? 0,
          filtered: counted?.Filtered ?? 0,
          failed: counted?.Failed ?? 0,
          secretunusable: counted?.SecretUnusable ?? 0,
        },
      };
    });
    states.push(...(await Promise.all(read)));
  }
  return states;
}

function described({ name, scheme, url }: StackProvider, endpoint: string) {
  return {
    name,
    scheme: schemeName(scheme),
    title: schemeOf(scheme)?.name ?? schemeName(scheme),
    address: url ?? `${endpoint}/${name}`,
    setup: (typeof scheme === "string" ? senders[scheme]?.setup : undefined) ?? null,
  };
}
