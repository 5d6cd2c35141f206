import { setTimeout as pause } from "node:timers/promises";
import { recordKey } from "../functions/domain/webhook";
import { pagesOf } from "../inbox/logs";
import { queueDepth } from "../inbox/queue";
import { readRecords } from "../inbox/records/read-many";
import type { Answer } from "./runner/plan";
import type { Target } from "./runner/target";
import { isAccepted, latency, type Finding, type Latency } from "./runner/verdicts";

/** An event of the run, in the order of the log. */
export interface Published {
  readonly id: string;
  readonly provider: string;
  /** Ascends within a group in the order in which the queue took the webhooks. */
  readonly sequence: string;
}

/** Fields of a webhook's record in the table. */
export interface RecordFacts {
  readonly status: string;
  readonly group: string;
  readonly receivedAt: string;
  readonly publishedAt?: string;
}

/** Milliseconds without progress after which webhooks that are not published count as lost. */
const STUCK_MS = 45_000;
const POLL_MS = 250;

/**
 * Milliseconds by which the search of the log extends beyond the run: an event's time has whole seconds, and clocks
 * differ.
 */
const CLOCK_SKEW_MS = 60_000;

export interface Delivery {
  readonly findings: readonly Finding[];
  /** Time from the receipt at the endpoint to publishing, by the clocks of the stack. */
  readonly endToEnd: Latency;
}

/**
 * Runs the second phase: waits until the queue is empty, then compares what was accepted with what was published.
 * @param since milliseconds since the epoch at which the run began
 */
export async function verifyDelivery(
  target: Target,
  run: string,
  answers: readonly Answer[],
  since: number,
): Promise<Delivery> {
  const accepted = answers.filter(isAccepted);
  const records = await settle(target, accepted);
  const events = await readEvents(target, run, since, accepted.length);
  const spans = [...records.values()].flatMap(({ receivedAt, publishedAt }) =>
    publishedAt === undefined ? [] : [Date.parse(publishedAt) - Date.parse(receivedAt)],
  );
  return { findings: judgeDelivery(accepted, events, records, target.local), endToEnd: latency(spans) };
}

/** Judges whether every accepted webhook was published exactly once, nothing else was, and each group is in order. */
export function judgeDelivery(
  accepted: readonly Answer[],
  events: readonly Published[],
  records: ReadonlyMap<string, RecordFacts>,
  logIsInOrder: boolean,
): Finding[] {
  const times = new Map<string, number>();
  for (const event of events) times.set(keyOf(event), (times.get(keyOf(event)) ?? 0) + 1);
  const keys = new Set(accepted.map(keyOf));
  const lost = [...keys].filter((key) => !times.has(key));
  const unsettled = [...keys].filter((key) => records.get(key)?.status !== "published");
  const twice = [...times].filter(([, count]) => count > 1).map(([key]) => key);
  const unknown = [...times.keys()].filter((key) => !keys.has(key));
  const none = (what: string, found: readonly string[]): Finding => ({
    ok: found.length === 0,
    text: found.length === 0 ? `none ${what}` : `${found.length} ${what}: ${found.slice(0, 3).join(", ")}`,
  });
  return [
    { ok: keys.size > 0, text: `${keys.size} webhooks accepted, ${events.length} events published` },
    none("accepted and not published", lost),
    none("without the status published", unsettled),
    none("published twice", twice),
    none("published though not accepted", unknown),
    none("out of order in its group", disordered(accepted, events, records, logIsInOrder)),
  ];
}

/**
 * Returns the keys of webhooks that overtook another in their group: between the endpoint and the queue (sent after the
 * other's answer, yet queued before it), or between the queue and the bus.
 */
function disordered(
  accepted: readonly Answer[],
  events: readonly Published[],
  records: ReadonlyMap<string, RecordFacts>,
  logIsInOrder: boolean,
): string[] {
  const sequences = new Map(events.map((event) => [keyOf(event), BigInt(event.sequence)]));
  const groups = new Map<string, Answer[]>();
  for (const answer of accepted) {
    const group = records.get(keyOf(answer))?.group;
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), answer]);
  }
  const wrong = [...groups.values()].flatMap((group) => overtaken(group, sequences));

  // Use the workflow's own times of publishing on AWS, which does not promise the order of a log.
  const published = logIsInOrder
    ? events.map((event, index) => ({ key: keyOf(event), at: index }))
    : [...records].flatMap(([key, { publishedAt }]) =>
        publishedAt === undefined ? [] : [{ key, at: Date.parse(publishedAt) }],
      );
  const bySequence = [...published].sort((a, b) =>
    Number((sequences.get(a.key) ?? 0n) - (sequences.get(b.key) ?? 0n)),
  );
  const last = new Map<string, number>();
  for (const { key, at } of bySequence) {
    const group = records.get(key)?.group;
    // Skip events of other runs: another finding reports what was published though not accepted.
    if (group === undefined) continue;
    if (at < (last.get(group) ?? -Infinity)) wrong.push(key);
    last.set(group, at);
  }
  return wrong;
}

/**
 * Returns the keys of webhooks that were sent after another's answer in their group and yet are before it in the queue.
 */
function overtaken(group: readonly Answer[], sequences: ReadonlyMap<string, bigint>): string[] {
  const bySent = [...group].sort((a, b) => a.sentAt - b.sentAt);
  const byEnd = [...group].sort((a, b) => a.sentAt + a.ms - b.sentAt - b.ms);
  let highest = -1n;
  let ended = 0;
  return bySent
    .filter((answer) => {
      for (let other = byEnd[ended]; other && other.sentAt + other.ms < answer.sentAt; other = byEnd[ended]) {
        const sequence = sequences.get(keyOf(other)) ?? -1n;
        if (sequence > highest) highest = sequence;
        ended += 1;
      }
      const own = sequences.get(keyOf(answer));
      return own !== undefined && own < highest;
    })
    .map(keyOf);
}

/**
 * Polls the table until every accepted webhook is published and the queue is empty, or nothing has moved for a while.
 */
async function settle(
  target: Target,
  accepted: readonly Answer[],
): Promise<ReadonlyMap<string, RecordFacts>> {
  const records = new Map<string, RecordFacts>();
  let movedAt = Date.now();
  for (;;) {
    const open = accepted.filter((answer) => records.get(keyOf(answer))?.status !== "published");
    const before = records.size - open.length;
    const read = await readRecords(target.inbox, open.map(recordKeyOf));
    for (const record of read.values()) records.set(keyOf(record), { ...record, group: record.group ?? "" });
    const stillOpen = accepted.map(keyOf).filter((key) => records.get(key)?.status !== "published").length;
    if (records.size - stillOpen > before) movedAt = Date.now();
    if (stillOpen === 0 && (await isQueueEmpty(target))) return records;
    if (Date.now() - movedAt > STUCK_MS) return records;
    await pause(POLL_MS);
  }
}

async function isQueueEmpty({ outputs, inbox }: Target): Promise<boolean> {
  const { waiting, inFlight } = await queueDepth(outputs.sqs_queue_url, inbox.clients.sqs);
  return waiting + inFlight === 0;
}

/** Returns the run's events in the log of the bus; waits for the last of them, since logs lag behind. */
async function readEvents(
  { inbox, outputs }: Target,
  run: string,
  since: number,
  awaited: number,
): Promise<readonly Published[]> {
  let events: Published[] = [];
  let movedAt = Date.now();
  for (;;) {
    const found: Published[] = [];
    const window = { from: since - CLOCK_SKEW_MS, to: Date.now() + CLOCK_SKEW_MS };
    const search = { logGroupName: outputs.event_log_group_name, text: run, ...window };
    for await (const { lines } of pagesOf(inbox, search)) {
      for (const { json } of lines) {
        const { id, provider, sequence } = json["detail"] as Published;
        found.push({ id, provider, sequence });
      }
    }
    if (found.length > events.length) movedAt = Date.now();
    events = found;
    if (events.length >= awaited || Date.now() - movedAt > STUCK_MS) return events;
    await pause(POLL_MS);
  }
}

function recordKeyOf({ provider, id, key = id }: Answer): string {
  return recordKey(provider, key ?? "");
}

function keyOf({ provider, id }: { readonly provider: string; readonly id?: string }): string {
  return `${provider}#${id ?? ""}`;
}
