import { Command } from "commander";
import { apiSettings, type ApiFields } from "../../config/reconcile";
import type { ApiSettings } from "../../functions/adapters/reconcile/apis";
import { countsOf, type Report } from "../../functions/domain/reconcile";
import type { Inbox } from "../../inbox/connect";
import { UsageError } from "../../inbox/errors";
import { insteadOfReconciling } from "../../inbox/missed-events";
import { reconcile, storedApiKey } from "../../inbox/operations/reconcile";
import { providerNamed, type StackProvider } from "../../inbox/outputs";
import { count } from "../../inbox/text";
import { pc } from "../../terminal/colours";
import { interruptible } from "../../terminal/interrupt";
import { print } from "../../terminal/output";
import { table } from "../../terminal/table";
import {
  checkRange,
  connectTo,
  duration,
  pointInTime,
  positive,
  withStackOptions,
  type StackOptions,
} from "../options/stack";

interface Options extends StackOptions, ApiFields {
  readonly since: string;
  readonly until?: string;
  readonly settle?: number;
  readonly apiKeyEnv?: string;
  readonly dryRun?: true;
}

const DEFAULT_SETTLE_SECONDS = 15 * 60;

async function run(name: string, options: Options): Promise<void> {
  const inbox = await connectTo({ ...options, provider: name });
  const provider = providerNamed(name, inbox.outputs);
  if (!provider) throw new UsageError(`The stack's outputs do not describe ${name}: run \`pulumi up\`.`);
  const settings = settingsOf(provider, options);
  const apiKey = await keyOf(provider, options, inbox);
  const now = Date.now();
  const range = {
    from: pointInTime(options.since, now),
    until: options.until === undefined ? now : pointInTime(options.until, now),
  };
  checkRange(range.from, range.until);
  const settle = options.settle ?? provider.reconcile?.settle_seconds ?? DEFAULT_SETTLE_SECONDS;
  const dryRun = options.dryRun ?? false;
  await interruptible(async (signal) => {
    const what = { provider, settings, apiKey, range, settleMs: settle * 1_000, dryRun, signal };
    const report = await reconcile(what, inbox);
    if (!report) throw new Error(`Another run compares ${name} right now. Try again in some minutes.`);
    show(provider, report, options);
  });
}

/** Returns the API settings that the command line names, or else those of the stack's configuration. */
function settingsOf({ name, scheme, reconcile: configured }: StackProvider, options: Options): ApiSettings {
  const { endpoint, account, repository, organization, hook, app, shop } = options;
  const fields = { endpoint, account, repository, organization, hook, app, shop };
  const isNamed = Object.values(fields).some((value) => value !== undefined);
  // Skips the check: the deployment has checked the configuration.
  if (!isNamed && configured) return configured.settings as unknown as ApiSettings;
  const settings = apiSettings(scheme, fields);
  if (typeof settings !== "string") return settings;
  const id = typeof scheme === "string" ? scheme : undefined;
  const none = settings.startsWith("there is nothing to compare");
  throw new UsageError(
    none
      ? `${name} has no API that lists its webhooks and that is known here. ${insteadOfReconciling(id)}`
      : `${settings}. Give them as options, or as reconcile in the provider's configuration.`,
  );
}

async function keyOf(provider: StackProvider, { apiKeyEnv }: Options, inbox: Inbox): Promise<string> {
  if (apiKeyEnv !== undefined) {
    const key = process.env[apiKeyEnv];
    if (!key) throw new UsageError(`The environment variable ${apiKeyEnv} is not set.`);
    return key;
  }
  if (provider.reconcile) return storedApiKey(provider.reconcile.apiKey, inbox);
  throw new UsageError(
    "No API key. Name an environment variable that holds it with --api-key-env, or configure reconcile: { apiKey }.",
  );
}

function show({ name, scheme }: StackProvider, report: Report, options: Options): void {
  const { window, listed, found, notes, off } = report;
  const counts = countsOf(report);
  const events = found.map(({ id, type, at, fate }) => ({ id, type, at: new Date(at).toISOString(), fate }));
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const value = {
    ...{
      provider: name,
      dryRun: options.dryRun ?? false,
      from: iso(window?.from),
      until: iso(window?.until),
    },
    ...{ listed, ...counts, events, off: off ?? null, notes },
  };
  if (counts.unrecoverable > 0 || off !== undefined) process.exitCode = 1;
  print(options, value, () =>
    [
      ...(events.length > 0
        ? [
            table(
              ["FATE", "TYPE", "HAPPENED", "EVENT"],
              events.map(({ fate, type, at, id }) => [fate, type, at, id]),
            ),
            "",
          ]
        : []),
      scheme === "shopify" ? insteadOfReconciling(scheme) : summary(report, options),
      ...notes,
      ...(off === undefined ? [] : [pc.red(off)]),
    ].join("\n"),
  );
}

function summary(report: Report, { dryRun }: Options): string {
  const { listed, found } = report;
  const { missing, recovered, unrecoverable } = countsOf(report);
  const number = (fate: string) => found.filter((one) => one.fate === fate).length;
  const parts = [
    `${count(listed, "event")} compared`,
    `${missing} missing`,
    ...(dryRun ? [] : [`${recovered} recovered`]),
    ...(number("requested") > 0 ? [`${number("requested")} requested from the provider again`] : []),
    ...(number("waiting") > 0 ? [`${number("waiting")} left for the next run`] : []),
    ...(number("requeued") > 0 ? [`${number("requeued")} queued again`] : []),
    ...(number("quarantined") > 0
      ? [`${number("quarantined")} in quarantine, see webhooks rejected list`]
      : []),
    ...(unrecoverable > 0 ? [pc.red(`${unrecoverable} unrecoverable`)] : []),
  ];
  return `${parts.join(", ")}.`;
}

/** `webhooks reconcile <provider>` */
export function reconcileCommand(): Command {
  const command = new Command("reconcile")
    .description(
      "Compares the events that a provider's API lists with the records, and recovers missing ones.",
    )
    .argument("<provider>", "provider of the stack, such as stripe")
    .requiredOption("--since <time>", "from when on: 3d, 2h, or 2026-01-02T03:04:05Z")
    .option("--until <time>", "up to when")
    .option("--dry-run", "only compare")
    .option("--api-key-env <name>", "environment variable that holds the key of the provider's API")
    .option("--settle <duration>", "age from which an event is missing, 15m if not configured", duration)
    .option("--endpoint <id>", "Stripe's or Svix's webhook endpoint, instead of the configured one")
    .option("--account <id>", "connected account of Stripe")
    .option("--repository <name>", "GitHub's <owner>/<name> that has the hook")
    .option("--organization <name>", "GitHub's organization that has the hook")
    .option("--hook <id>", "id of GitHub's hook", positive)
    .option(
      "--app <id>",
      "client id of GitHub's app, whose private key is the API key; or Svix's application",
    )
    .option("--shop <host>", "<name>.myshopify.com")
    .addHelpText(
      "after",
      `
Stripe and Svix list events with what they hold: missing ones are stored, deduplicated and published like every webhook,
under the same id and marked \`receivedvia: reconciliation\`. GitHub is requested to send them again, and they arrive signed.
Shopify lists none: only its subscriptions are looked at. Run it as often as you like: what is recorded is left alone.

What is in quarantine is not fetched: release it with webhooks rejected release.

Exit code 1 if events are unrecoverable, or if the provider has switched the endpoint off.

Examples:
  webhooks reconcile stripe --since 3d --dry-run
  webhooks reconcile stripe --since 3d --endpoint we_1Q2W3E --api-key-env STRIPE_API_KEY
  webhooks reconcile github --since 2d --stack prod --json`,
    );
  return withStackOptions(command).action(run);
}
