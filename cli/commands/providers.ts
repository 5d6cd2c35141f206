import { Command } from "commander";
import { UsageError } from "../../inbox/errors";
import { readProviders, type ProviderState } from "../../inbox/providers";
import { age, count } from "../../inbox/text";
import { pc } from "../../terminal/colours";
import { print, sanitize } from "../../terminal/output";
import { connectTo, withStackOptions, type StackOptions } from "../options/stack";
import { block } from "../text/block";

async function providers(name: string | undefined, options: StackOptions): Promise<void> {
  const inbox = await connectTo({ ...options, ...(name !== undefined && { provider: name }) });
  if (inbox.outputs.providers.length === 0)
    throw new UsageError("The stack has no provider. See README, One provider.");
  const found = await readProviders(inbox, name);
  print(options, { providers: found }, () => found.map((one) => asText(one, Date.now())).join("\n\n"));
}

function asText({ name, title, scheme, address, setup, secret, last, lastDay }: ProviderState, now: number) {
  const { accepted, duplicate, rejected, secretunusable: unusable } = lastDay;
  return block(`${name}  ${pc.dim(`${title}${title === scheme ? "" : ` (${scheme})`}`)}`, [
    ["address", address],
    ["set up", setup?.where ?? "a scheme of your own: enter the address at the provider"],
    ["its secret", setup?.secret],
    ["note", setup?.notes],
    ["page", setup?.docs],
    ["secret", `${STATES[secret.state](secret.state)}${secret.detail === null ? "" : `  ${secret.detail}`}`],
    [
      "last",
      last === null
        ? "none in the last 7 days"
        : `${age(now - Date.parse(last.receivedAt))} ago  ${sanitize(last.type)}  ${last.status}  ${sanitize(last.id)}`,
    ],
    [
      "24 h",
      `${accepted} accepted, ${count(duplicate, "duplicate")}, ${rejected > 0 ? pc.yellow(`${rejected} rejected`) : "0 rejected"}${unusable > 0 ? `, ${pc.red(`${unusable} answered 503`)}` : ""}`,
    ],
  ]);
}

const STATES: Readonly<Record<ProviderState["secret"]["state"], (text: string) => string>> = {
  usable: pc.green,
  "none needed": pc.dim,
  missing: pc.red,
  malformed: pc.red,
  awaited: pc.yellow,
  short: pc.yellow,
  unreadable: pc.yellow,
};

/** `webhooks providers` */
export function providersCommand(): Command {
  const command = new Command("providers")
    .description(
      "Shows the configured providers: the address to enter, what to click, the state of the secret, the last webhook, the last day.",
    )
    .argument("[provider]", "only this one")
    .addHelpText(
      "after",
      `
Counts come from CloudWatch, a minute or two late; the last webhook is that of the last seven days. Secrets are read to see
whether there is a usable one, and never shown.

Examples:
  webhooks providers
  webhooks providers stripe --stack prod
  webhooks providers --json | jq -r '.providers[] | select(.secret.state == "missing") | .name'`,
    );
  return withStackOptions(command).action(providers);
}
