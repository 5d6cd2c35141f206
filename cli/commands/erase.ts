import { Command } from "commander";
import { userInfo } from "node:os";
import type { Inbox } from "../../inbox/connect";
import { readErasures } from "../../inbox/erasures";
import { UsageError } from "../../inbox/errors";
import { erase } from "../../inbox/operations/erase";
import { erasePorts } from "../../inbox/operations/erase-ports";
import { EraseSelection, type EraseSelected } from "../../inbox/operations/erase-selection";
import { outOfReach, type OutOfReach } from "../../inbox/out-of-reach";
import { tableSize } from "../../inbox/records/read";
import { count } from "../../inbox/text";
import { pc } from "../../terminal/colours";
import { confirm } from "../../terminal/confirm";
import { interruptible } from "../../terminal/interrupt";
import { Counter, note, print, sanitize } from "../../terminal/output";
import { table } from "../../terminal/table";
import { connectTo, pointInTime, withStackOptions, type OneWebhookOptions } from "../options/stack";

interface Options extends OneWebhookOptions {
  readonly group?: string;
  readonly before?: string;
  readonly reason?: string;
  readonly history?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}

async function run(provider: string | undefined, ids: readonly string[], options: Options): Promise<void> {
  const { reason = "" } = options;
  if (options.history) return showHistory(await connectTo(options), options);
  assertSays(provider, ids, options);
  const inbox = await connectTo({ ...options, ...(provider !== undefined && { provider }) });
  await interruptible(async (signal) => {
    const selected = await select(inbox, provider, ids, options, signal);
    const { webhooks, quarantined } = selected;
    if (webhooks.length + quarantined.length === 0) throw new Error("Nothing matches. Nothing was erased.");
    const kept = await outOfReach(inbox, Date.now());
    if (options.dryRun) return showPlan(selected, kept, options);
    await confirmed(selected, options);
    if (webhooks.some(({ open }) => open))
      note("The inbox may still be at work on some: this waits half a minute before it removes payloads.");
    const progress = new Counter("Erased", webhooks.length);
    const by = userInfo().username;
    const work = { ...selected, by, reason, signal, onErased: progress.add };
    const done = await erase(work, erasePorts(inbox, signal)).finally(() => progress.end());
    const { objects = 0, deadLetters = 0, quarantined: removed = 0, receivedAt: at } = done;
    const erased = { webhooks: webhooks.length, objects, deadLetters, quarantined: removed };
    print(options, { erased, at, by, reason, outOfReach: kept }, () =>
      [
        pc.green(
          `Erased ${count(webhooks.length, "webhook")}: ${count(objects, "object")}, ${count(deadLetters, "dead letter")}, ` +
            `${count(removed, "quarantined request")}.`,
        ),
        ...asText(kept),
      ].join("\n"),
    );
  });
}

function assertSays(
  provider: string | undefined,
  ids: readonly string[],
  { group, before, reason, provider: only }: Options,
): void {
  const filtered = (group ?? before) !== undefined;
  if (provider === undefined && !filtered)
    throw new UsageError("Nothing selected. Pass <provider> <id>..., --group or --before.");
  if (provider !== undefined && ids.length === 0)
    throw new UsageError(`Give ids too, or --provider ${provider} with --group or --before.`);
  if (provider !== undefined && (filtered || only !== undefined))
    throw new UsageError("Give <provider> <id>... or filters, not both.");
  if (reason === undefined || reason.trim() === "")
    throw new UsageError("--reason is missing: say why, in words that name nobody. It is kept.");
}

async function select(
  inbox: Inbox,
  provider: string | undefined,
  ids: readonly string[],
  { provider: only, group, before }: Options,
  signal: AbortSignal,
): Promise<EraseSelected> {
  const selection = new EraseSelection(inbox, signal);
  if (provider !== undefined) return selection.byId(provider, ids);
  const { items } = await tableSize(inbox);
  note(
    `Scanning the whole table, about ${count(items, "record")}, and listing the payloads of ${only ?? "all providers"}.` +
      (group === undefined
        ? ""
        : " Payloads whose records have expired, and quarantined requests, are read."),
  );
  return selection.matching({
    ...(only !== undefined && { provider: only }),
    ...(group !== undefined && { group }),
    ...(before !== undefined && { before: new Date(pointInTime(before, Date.now())).toISOString() }),
  });
}

/** Says what would be erased, such as `3 webhooks (2 stripe, 1 acme)`. */
function summary({ webhooks, quarantined }: EraseSelected): string {
  const by = new Map<string, number>();
  for (const { provider } of webhooks) by.set(provider, (by.get(provider) ?? 0) + 1);
  const each = [...by].map(([provider, number]) => `${number} ${provider}`).join(", ");
  const dead = webhooks.filter(({ deadLettered }) => deadLettered).length;
  return [
    `${count(webhooks.length, "webhook")}${each === "" ? "" : ` (${each})`}`,
    ...(dead > 0 ? [`of them ${dead} dead-lettered`] : []),
    ...(quarantined.length > 0 ? [count(quarantined.length, "quarantined request")] : []),
  ].join(", ");
}

function showPlan(selected: EraseSelected, kept: readonly OutOfReach[], options: Options): void {
  const { webhooks, quarantined } = selected;
  const wouldErase = webhooks.map(({ provider, id, key, receivedAt }) => ({ provider, id, key, receivedAt }));
  print(options, { dryRun: true, wouldErase, quarantined, outOfReach: kept }, () =>
    [
      table(
        ["PROVIDER", "ID", "RECEIVED"],
        wouldErase.map(({ provider, id, receivedAt }) => [provider, sanitize(id), receivedAt]),
      ),
      "",
      `${summary(selected)} would be erased.`,
      ...asText(kept),
    ].join("\n"),
  );
}

function asText(kept: readonly OutOfReach[]): readonly string[] {
  return ["Out of reach:", ...kept.map(({ what, until }) => `  ${what}: ${until}`)];
}

async function confirmed(selected: EraseSelected, { yes }: Options): Promise<void> {
  if (yes) return;
  const what = `${summary(selected)} would be erased for good`;
  if (!process.stdin.isTTY) throw new UsageError(`${what}. Check with --dry-run, then pass --yes.`);
  if (!(await confirm(`${what}. Continue?`))) throw new Error("Nothing was erased.");
}

async function showHistory(inbox: Inbox, options: Options): Promise<void> {
  const erasures = (await readErasures(inbox)).map((one) => ({
    at: one.receivedAt,
    by: one.by,
    reason: one.reason,
    finishedAt: one.finishedAt ?? null,
    webhooks: one.webhooks,
    objects: one.objects,
    deadLetters: one.deadLetters,
    quarantined: one.quarantined,
  }));
  print(options, { erasures }, () =>
    erasures.length === 0
      ? "Nothing was erased."
      : table(
          ["WHEN", "BY", "WEBHOOKS", "REASON", ""],
          erasures.map(({ at, by, webhooks, reason, finishedAt }) => [
            at,
            sanitize(by),
            String(webhooks),
            sanitize(reason),
            finishedAt === null ? pc.red("not finished: run it again") : "",
          ]),
        ),
  );
}

/** `webhooks erase` */
export function eraseCommand(): Command {
  const command = new Command("erase")
    .description("Erases webhooks for good: payloads, dead letters, quarantined requests, records.")
    .argument("[provider]", "with <id>...: these webhooks of it")
    .argument("[ids...]", "event ids or keys, or the beginning of one")
    .option("--provider <name>", "with --group or --before: only this provider's")
    .option("--group <value>", "all of this message group, by it or by the ordering key's value")
    .option("--before <time>", "all received before: 2026-01-02T03:04:05Z, 2026-01-02, or 90d")
    .option("--reason <text>", "why, in words that name nobody: it is kept")
    .option("--dry-run", "only show which, and what is out of reach")
    .option("--history", "shows who erased how many, when and why")
    .option("--yes", "without asking")
    .addHelpText(
      "after",
      `
Payloads go in all versions. A tombstone stays for 400 days: a webhook that its provider sends again is a duplicate,
and is not stored. Interrupted, run the same command again. What cannot be reached is listed: docs/data-protection.md

Examples:
  webhooks erase stripe evt_1Q2W3E --reason "request 4711"
  webhooks erase --group cus_123 --reason "request 4711" --dry-run
  webhooks erase --provider stripe --before 90d --reason "retention" --yes --stack prod
  webhooks erase --history`,
    );
  return withStackOptions(command).action(run);
}
