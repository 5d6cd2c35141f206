import { Argument, Command, Option } from "commander";
import { assertSays, DECIDED, filterOf, type ReplayOptions as Options } from "../options/replay";
import { confirmMany, withBatch } from "../options/confirm-many";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { STATUSES } from "../../functions/domain/record";
import { tableSize } from "../../inbox/records/read";
import type { RecordFilter, StoredWebhook } from "../../inbox/records/select";
import { messageOf } from "../../inbox/errors";
import { interruptible } from "../../terminal/interrupt";
import { connectTo, withStackOptions } from "../options/stack";
import { asJson, Counter, note, print } from "../../terminal/output";
import { forwardingTo, withForwardOptions } from "../options/forward";
import { forwardedJson, forwardedLine } from "../text/forwarded";
import { count } from "../../inbox/text";
import { begunAt, newRun, queuedOf, replay, replayPorts } from "../../inbox/operations/replay";
import { ReplaySelection } from "../../inbox/operations/replay-selection";
import { UndeliveredEvents } from "../../inbox/operations/undelivered";
import type { Inbox } from "../../inbox/connect";
import { consumerNamed } from "../../inbox/outputs";

/** Bytes that one read unit covers, strongly consistent. */
const READ_UNIT_BYTES = 4_096;

async function run(provider: string | undefined, id: string | undefined, options: Options): Promise<void> {
  assertSays(provider, id, options);
  const now = Date.now();
  const runId = options.run ?? newRun(now);
  const filter = filterOf(options, begunAt(runId, now));
  const inbox = await connectTo(options);
  if (options.consumer !== undefined) consumerNamed(options.consumer, inbox.outputs);
  if (options.undelivered !== undefined) return undelivered(options.undelivered, runId, inbox, options);
  await interruptible(async (signal) => {
    const selection = new ReplaySelection(inbox, signal);
    const webhooks =
      provider !== undefined && id !== undefined
        ? await selection.one(provider, id)
        : await selectMany(inbox, selection, filter, runId, options);
    if (options.dryRun) return showPlan(webhooks, options);
    if (options.to !== undefined) return forward(webhooks, options.to, inbox, options, signal);
    await confirmed(webhooks, { runId, inbox, options, signal });
  });
}

interface Run {
  readonly runId: string;
  readonly inbox: Inbox;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** Asks for confirmation, and replays. Returns the webhooks that are in the queue. */
async function confirmed(webhooks: readonly StoredWebhook[], run: Run): Promise<readonly StoredWebhook[]> {
  const { runId, options } = run;
  const done = options.consumer === undefined ? "published again" : `sent to ${options.consumer} again`;
  await confirmMany(webhooks.length, done, options);
  note(`Run id: ${runId}. To resume after an interruption, repeat the command with --run ${runId}`);
  return send(webhooks, run);
}

/** Replays the webhooks whose events EventBridge could not deliver, then removes those events from their queue. */
async function undelivered(
  rule: string | true,
  runId: string,
  inbox: Inbox,
  options: Options,
): Promise<void> {
  await interruptible(async (signal) => {
    const events = new UndeliveredEvents(inbox);
    try {
      const { found, lost } = await events.webhooks(rule === true ? undefined : rule, signal);
      if (options.dryRun) showPlan(found, options);
      else await events.remove(await confirmed(found, { runId, inbox, options, signal }));
      for (const { event, error } of lost)
        note(`Stays in the queue of undelivered events: ${event.messageId}: ${messageOf(error)}`);
      if (lost.length > 0) process.exitCode = 1;
    } finally {
      await events.close();
    }
  });
}

async function selectMany(
  inbox: Inbox,
  selection: ReplaySelection,
  filter: RecordFilter,
  runId: string,
  options: Options,
): Promise<readonly StoredWebhook[]> {
  const { items, bytes } = await tableSize(inbox);
  note(
    `Scanning the whole table: about ${count(items, "record")}, ${count(Math.ceil(bytes / READ_UNIT_BYTES), "read unit")}.`,
  );
  const recorded = await selection.recorded(filter, runId);
  if (!options.expired || options.provider === undefined) return recorded;
  note(`Listing raw/${options.provider}/ for webhooks whose records have expired.`);
  // Puts expired webhooks first: they are older than every one that has a record.
  return [...(await selection.expired(options.provider, filter)), ...recorded];
}

function showPlan(webhooks: readonly StoredWebhook[], options: Options): void {
  const wouldReplay = webhooks.map(({ provider, id, type, status, receivedAt, group, s3Key }) => ({
    provider,
    id,
    type,
    status: status ?? null,
    receivedAt,
    group,
    s3Key,
  }));
  print(options, { dryRun: true, wouldReplay }, () =>
    [
      ...(webhooks.length > 0
        ? [
            table(
              ["PROVIDER", "TYPE", "ID", "STATUS", "RECEIVED"],
              wouldReplay.map(({ provider, type, id, status, receivedAt }) => [
                provider,
                type,
                id,
                status ?? "no record",
                receivedAt,
              ]),
            ),
            "",
          ]
        : []),
      `${count(webhooks.length, "webhook")} would be replayed, in this order.`,
    ].join("\n"),
  );
}

/** Posts webhooks to a server, in order of arrival, until it is interrupted. Changes nothing in the inbox. */
async function forward(
  webhooks: readonly StoredWebhook[],
  to: string,
  inbox: Inbox,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const only = new Set(webhooks.map(({ provider }) => provider));
  const { forwarder, secrets } = forwardingTo(to, inbox, options, only.size === 1 ? [...only][0] : undefined);
  for (const { provider, secret } of secrets)
    if (options.as === "cloudevent" || only.has(provider)) note(`Signed for ${provider} with ${secret}`);
  await confirmMany(webhooks.length, `sent to ${to}`, options);
  for (const webhook of webhooks) {
    if (signal.aborted) return;
    const result = await forwarder.forward(webhook);
    const json = () => asJson(forwardedJson(webhook, result));
    console.log(options.json ? json() : forwardedLine(webhook, result, Date.now()));
    if (!result.accepted) process.exitCode = 1;
  }
}

async function send(
  webhooks: readonly StoredWebhook[],
  { runId, inbox, options, signal }: Run,
): Promise<readonly StoredWebhook[]> {
  const progress = new Counter("Replayed", webhooks.length);
  const { replayed, doneBefore, failed, left, deadLetters } = await replay(
    { run: runId, webhooks, rate: options.rate, signal, onSent: progress.add, consumer: options.consumer },
    replayPorts(inbox),
  );
  progress.end();
  const failures = failed.map(({ item: { provider, id }, error }) => ({
    provider,
    id,
    error: messageOf(error),
  }));
  const result = { run: runId, replayed, doneBefore, failed: failures, left: left.length };
  print(options, { ...result, deadLettersRemoved: deadLetters.removed }, () =>
    [
      pc.green(`Queued ${count(replayed, "webhook")} for replay.`),
      ...(doneBefore > 0 ? [`${doneBefore} were done by this run before.`] : []),
      ...(deadLetters.removed > 0 ? [`${count(deadLetters.removed, "dead letter")} of theirs removed.`] : []),
      ...failures.map(({ provider, id, error }) => pc.red(`${provider} ${id}: ${error}`)),
      ...(left.length > 0
        ? [`${left.length} not processed. Continue with the same command and --run ${runId}`]
        : []),
    ].join("\n"),
  );
  if (deadLetters.error !== undefined) {
    note(
      `Their dead letters are still there: ${messageOf(deadLetters.error)} Run the same command with --run ${runId}`,
    );
  }
  if (failed.length > 0 || deadLetters.error !== undefined) process.exitCode = 1;
  return queuedOf(webhooks, { failed, left });
}

/** `webhooks replay` */
export function replayCommand(): Command {
  const command = withBatch(
    new Command("replay")
      .description("Publishes received webhooks again, including those already published.")
      .addArgument(new Argument("[provider]", "with <id>: one webhook"))
      .addArgument(new Argument("[id]", "its event id, or the key of one of several webhooks that have it"))
      .option("--provider <name>", "all of this provider")
      .option("--type <type>", "all of this event type")
      .option("--since <time>", "all received since: 2026-01-02T03:04:05Z, 2026-01-02, or 2h")
      .option("--until <time>", "all received before")
      .addOption(
        new Option(
          "--status <status...>",
          `all with one of these statuses (default: ${DECIDED.join(", ")})`,
        ).choices(STATUSES),
      )
      .option("--expired", "also those of --provider whose records have expired, as S3 lists them")
      .option("--undelivered [rule]", "all whose events a target of this rule, or of any, did not take")
      .option("--to <address>", "posts them to this server instead, such as http://localhost:3000/stripe")
      .option(
        "--consumer <name>",
        "to this consumer alone, if its when is true for the event, and not to the bus",
      )
      .option("--run <id>", "resumes an interrupted run: none twice, none missed"),
    "replay",
  ).addHelpText(
    "after",
    `
Filters are combined (AND). Each event carries its replay number (replay: 1, 2, ...) and its original id, so consumers
that deduplicate by source and id have to include it. Webhooks are queued in the order in which they were received.
A webhook's dead letter is removed once its replay is in the queue; with --undelivered its undelivered events too.
With --to nothing is published and nothing is noted on the webhook: your server gets it as webhooks listen sends it.
With filters the whole table is read, which on AWS costs one read unit for each 4 KB.

Examples:
  webhooks replay stripe evt_1Q2W3E
  webhooks replay stripe evt_1Q2W3E --to http://localhost:3000/stripe
  webhooks replay --provider stripe --type invoice.paid --since 2h --dry-run
  webhooks replay --provider stripe --since 2h --consumer billing
  webhooks replay --undelivered
  webhooks replay --status dead_lettered --since 2026-01-02 --until 2026-01-03 --yes --rate 5 --stack prod`,
  );
  return withStackOptions(withForwardOptions(command)).action(run);
}
