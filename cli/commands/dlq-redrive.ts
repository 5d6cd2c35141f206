import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { DeadLetterQueue } from "../../inbox/dead-letters";
import { matches, wholeIds, type DeadLetter } from "../../inbox/dead-letter";
import { messageOf, UsageError } from "../../inbox/errors";
import { interruptible } from "../../terminal/interrupt";
import {
  filterOf,
  deadLetterJson,
  withDeadLetterFilter,
  type DeadLetterOptions,
} from "../options/dead-letters";
import { confirmMany, withBatch } from "../options/confirm-many";
import { connectTo, withStackOptions } from "../options/stack";
import { Counter, note, print, sanitize } from "../../terminal/output";
import { count } from "../../inbox/text";
import { redrive, redrivePorts } from "../../inbox/operations/redrive";
import type { Inbox } from "../../inbox/connect";

interface Options extends DeadLetterOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly rate: number;
}

async function run(given: readonly string[], options: Options): Promise<void> {
  const filters = { ...filterOf(options), ...(given.length > 0 && { ids: given }) };
  if (Object.keys(filters).length === 0 && !options.all) {
    throw new UsageError("Nothing selected. Pass ids, a filter (--provider, ...) or --all.");
  }
  if (options.all && given.length > 0) throw new UsageError("Give ids or --all, not both.");
  const inbox = await connectTo(options);
  await interruptible(async (signal) => {
    const queue = new DeadLetterQueue(inbox, options.consumer);
    try {
      note("Reading the dead-letter queue ...");
      // Stops if another reader holds dead letters: those could be earlier in the order than the visible ones.
      if (!(await queue.awaitReleased(signal))) {
        throw new Error(
          "Someone else is reading the dead-letter queue. Nothing was sent; try again when they are done.",
        );
      }
      const { deadLetters, hidden } = await queue.read({ spread: options.dryRun !== true, signal });
      const now = Date.now();
      const ids = wholeIds(given, deadLetters);
      const filter = { ...filters, ...(ids.length > 0 && { ids }) };
      const chosen = deadLetters.filter((deadLetter) => matches(deadLetter, filter, now));
      const missing = ids.filter(
        (id) => !chosen.some((deadLetter) => matches(deadLetter, { ids: [id] }, now)),
      );
      if (missing.length > 0)
        throw new Error(`No dead letter has the id ${missing.join(", ")}. Nothing was sent.`);
      if (options.dryRun) return showPlan(chosen, hidden, options, now);
      summary(chosen).forEach(note);
      await confirmMany(chosen.length, "redriven", options);
      await send(chosen, queue, inbox, options, signal);
    } finally {
      await queue.close();
    }
  });
}

function showPlan(deadLetters: readonly DeadLetter[], hidden: number, options: Options, now: number): void {
  const wouldRedrive = deadLetters.map((deadLetter) => deadLetterJson(deadLetter, now));
  const more =
    hidden > 0
      ? `\nAbout ${count(hidden, "more dead letter")} cannot be seen before the first ten of their group are moved.`
      : "";
  print(options, { dryRun: true, wouldRedrive, notShown: hidden }, () =>
    [
      ...deadLetters.map(
        ({ webhook, messageId }) => `${webhook?.provider ?? "-"} ${webhook?.id ?? messageId}`,
      ),
      `${count(deadLetters.length, "webhook")} would be redriven, in this order.${more}`,
    ].join("\n"),
  );
}

/** Returns the number of dead letters for each provider and error, the most frequent first. */
export function summary(deadLetters: readonly DeadLetter[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { webhook, reason } of deadLetters) {
    const what = `${webhook?.provider ?? "unknown provider"}, ${sanitize(reason.code)}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([what, number]) => `${String(number).padStart(6)}  ${what}`);
}

async function send(
  deadLetters: readonly DeadLetter[],
  queue: DeadLetterQueue,
  inbox: Inbox,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Counter("Redriven", deadLetters.length);
  const { failed, left } = await redrive(
    { deadLetters, rate: options.rate, signal, onSent: progress.add },
    redrivePorts(inbox, queue),
  );
  progress.end();
  const sent = progress.done;
  const failures = failed.map(({ item: [deadLetter], error }) => ({
    id: deadLetter?.webhook?.id ?? deadLetter?.messageId,
    error: messageOf(error),
  }));
  print(options, { redriven: sent, failed: failures, left: left.length }, () =>
    [
      pc.green(`Redrove ${count(sent, "webhook")}.`),
      ...failures.map(({ id, error }) => pc.red(`${id}: ${error}`)),
      ...(left.length > 0 ? [`${left.length} left in the dead-letter queue. Run it again to continue.`] : []),
    ].join("\n"),
  );
  if (failed.length > 0) process.exitCode = 1;
}

/** `webhooks dlq redrive` */
export function dlqRedrive(): Command {
  const command = withBatch(
    new Command("redrive")
      .description(
        "Redrives dead letters into the queue, in the order in which their webhooks were received.",
      )
      .argument("[ids...]", "event ids, or ids of dead letters")
      .option("--all", "all of them"),
    "redrive",
  ).addHelpText(
    "after",
    `
A dead letter is removed only after its webhook is in the queue. If interrupted, run it again: nothing is published twice or missed. Each webhook has three attempts again; one of a consumer's has all of that consumer's.

Examples:
  webhooks dlq redrive evt_1Q2W3E
  webhooks dlq redrive --provider stripe --reason States.QueryEvaluationError --dry-run
  webhooks dlq redrive --consumer crm --reason Http500
  webhooks dlq redrive --all --yes --rate 5 --stack prod`,
  );
  return withStackOptions(withDeadLetterFilter(command)).action(run);
}
