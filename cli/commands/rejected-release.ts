import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { RejectedRequests, type ListedRejected, type RejectedFilter } from "../../inbox/rejected";
import { messageOf, UsageError } from "../../inbox/errors";
import { interruptible } from "../../terminal/interrupt";
import { connectTo, DEFAULT_RATE, rate } from "../options/stack";
import { Counter, print } from "../../terminal/output";
import { count } from "../../inbox/text";
import { release, releaseRunPorts, type ReleaseResult } from "../../inbox/operations/release";
import { filterOf, withRejectedFilter, type RejectedOptions } from "../options/rejected";

interface Options extends RejectedOptions {
  readonly all?: true;
  readonly ignoreTimestamp?: true;
  readonly dryRun?: true;
  readonly rate: number;
}

async function run(ids: readonly string[], options: Options): Promise<void> {
  const filter = filterOf(options, Date.now());
  const filtered = Object.keys(filter).length > 0;
  if (ids.length === 0 && !filtered && !options.all) {
    throw new UsageError("Nothing selected. Pass ids, a filter (--provider, ...) or --all.");
  }
  if (ids.length > 0 && (filtered || options.all)) throw new UsageError("Give ids or filters, not both.");
  const inbox = await connectTo(options);
  await interruptible(async (signal) => {
    const rejected = new RejectedRequests(inbox);
    const items = ids.length > 0 ? await byId(ids, rejected) : await byFilter(filter, rejected, signal);
    const progress = new Counter(options.dryRun ? "Verified" : "Released", items.length);
    const result = await release(
      {
        items,
        rate: options.rate,
        signal,
        onDone: progress.add,
        dryRun: options.dryRun ?? false,
        ignoreTimestamp: options.ignoreTimestamp ?? false,
      },
      releaseRunPorts(inbox),
    );
    progress.end();
    report(result, options);
    // A bulk release may leave forged requests behind; a request named by id must pass.
    if (result.failed.length > 0 || (ids.length > 0 && result.stillRejected.length > 0)) process.exitCode = 1;
  });
}

async function byId(ids: readonly string[], rejected: RejectedRequests): Promise<readonly ListedRejected[]> {
  const found = await Promise.all(ids.map((id) => rejected.describe(id)));
  const missing = ids.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    throw new Error(
      `No rejected request has the id ${missing.join(", ")}: released before, or older than seven days. Nothing was done.`,
    );
  }
  return found.filter((one) => one !== undefined).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
}

async function byFilter(
  filter: RejectedFilter,
  rejected: RejectedRequests,
  signal: AbortSignal,
): Promise<readonly ListedRejected[]> {
  return (await rejected.find(filter, signal)).listed;
}

function report(result: ReleaseResult, options: Options): void {
  const { released, stillRejected, left } = result;
  const failed = result.failed.map(({ rejectedId, error }) => ({ rejectedId, error: messageOf(error) }));
  const value = options.dryRun
    ? { dryRun: true, wouldRelease: released, stillRejected, failed, left }
    : { released, stillRejected, failed, left };
  print(options, value, () => {
    if (released.length + stillRejected.length + failed.length + left === 0) return "Nothing to release.";
    const late = stillRejected.some(({ reason }) => reason === "timestamp_outside_window");
    return [
      ...(released.length > 0
        ? [
            table(
              ["PROVIDER", "TYPE", "EVENT", "OUTCOME"],
              released.map(({ provider, type, id, outcome }) => [
                provider,
                type,
                id,
                outcome ?? "would be released",
              ]),
            ),
            "",
          ]
        : []),
      ...stillRejected.map(
        ({ rejectedId, reason, detail }) => `${rejectedId} stays: ${pc.red(reason)}, ${detail}`,
      ),
      ...failed.map(({ rejectedId, error }) => pc.red(`${rejectedId}: ${error}`)),
      pc.green(`${count(released.length, "webhook")} ${options.dryRun ? "would be released" : "released"}.`) +
        (stillRejected.length > 0 ? ` ${stillRejected.length} rejected again.` : ""),
      ...(late
        ? ["--ignore-timestamp also releases requests signed outside the provider's time window."]
        : []),
      ...(left > 0 ? [`${left} not processed. Run it again to continue.`] : []),
    ].join("\n");
  });
}

/** `webhooks rejected release` */
export function rejectedRelease(): Command {
  const command = new Command("release")
    .description("Verifies rejected requests again with the current secrets, and releases those that pass.")
    .argument("[ids...]", "as `rejected list` shows them")
    .option("--all", "all of them")
    .option("--ignore-timestamp", "also requests signed outside the provider's time window")
    .option("--rate <n>", "requests per second", rate, DEFAULT_RATE)
    .option("--dry-run", "only verify, and show which would be released")
    .addHelpText(
      "after",
      `
They are processed like every webhook: stored, deduplicated, ordered, published. Those that the provider has redelivered
since are duplicates. Requests that fail again stay. A request is removed only after its webhook is in the queue: if
interrupted, run it again.

Most providers sign the time and allow a window of minutes, which is over once a secret is fixed: use
--ignore-timestamp. Combine it with --reason signature_mismatch to exclude requests that were already stale on arrival.

Exit code 1 if a named request is rejected again, or a service did not respond.

Examples:
  webhooks rejected release stripe/20260102T030405123Z-1a2b3c4d
  webhooks rejected release --provider stripe --reason signature_mismatch --ignore-timestamp --dry-run
  webhooks rejected release --all --rate 5 --stack prod`,
    );
  return withRejectedFilter(command).action(run);
}
