import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "../../tests/support/inbox";
import type { Consumers } from "./consumers";
import { nameOf, owedEvents, type Accepted } from "./judge";
import { sendUntilTaken } from "./send";
import { plan } from "./webhooks";

/** Number of rounds with and without the bad consumer, which take turns so that a busy machine slows both. */
const ROUNDS = 5;
/**
 * Webhooks of a round, and milliseconds from one to the next: a lower rate than the local stack can process, so that
 * none waits for another.
 */
const PACE = { webhooks: 40, everyMs: 400 } as const;
const TIMEOUT_MS = 180_000;

/** Milliseconds from the answer 2xx until the healthy consumers handle an event. */
export interface Delays {
  readonly events: number;
  readonly median: number;
  readonly p99: number;
}

export interface Compared {
  readonly accepted: readonly Accepted[];
  /** Delays while the bad consumer gets the same events. */
  readonly beside: Delays;
  readonly alone: Delays;
}

/**
 * Compares how long healthy consumers wait for events in rounds with and without the bad consumer, which take turns.
 */
export async function compareDelays(
  inbox: Inbox,
  consumers: Consumers,
  run: string,
  random: () => number,
): Promise<Compared> {
  const accepted: Accepted[] = [];
  const delays: { beside: number[]; alone: number[] } = { beside: [], alone: [] };
  // Runs one round more: the first one starts the functions, and does not count.
  for (let round = 0; round <= 2 * ROUNDS; round += 1) {
    const quiet = round % 2 === 1;
    const sent = await sendEvenly(inbox, `${run}-${round}`, quiet, random);
    accepted.push(...sent.map((one) => one.accepted));
    await settled(inbox, consumers);
    const answeredAt = new Map(
      sent.flatMap((one) => owedEvents([one.accepted]).map((event) => [nameOf(event), one.at] as const)),
    );
    if (round === 0) continue;
    const of = quiet ? delays.alone : delays.beside;
    for (const handled of consumers.healthy())
      for (const { name, at } of handled) {
        const since = answeredAt.get(name);
        if (since !== undefined) of.push(at - since);
      }
  }
  return { accepted, beside: summary(delays.beside), alone: summary(delays.alone) };
}

async function sendEvenly(inbox: Inbox, run: string, quiet: boolean, random: () => number) {
  const share = { duplicates: 0, poison: 0, rejected: 0 };
  const planned = plan(run, { webhooks: PACE.webhooks, ...share, ...(quiet && { quiet }) }, random);
  const lists = [...planned.values()];
  const sent: { accepted: Accepted; at: number }[] = [];
  const startedAt = Date.now();
  for (let index = 0; index < PACE.webhooks; index += 1) {
    const webhook = lists[index % lists.length]?.[Math.floor(index / lists.length)];
    if (!webhook) continue;
    await pause(startedAt + index * PACE.everyMs - Date.now());
    const { id, key } = await sendUntilTaken(inbox, webhook);
    sent.push({ accepted: { webhook, id, ...(key !== undefined && { key }) }, at: Date.now() });
  }
  return sent;
}

/** Waits until every consumer has handled everything, so that a round is not slowed by the one before it. */
async function settled(inbox: Inbox, consumers: Consumers): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while ((await inbox.queued()) + (await consumers.queued()) > 0) {
    if (Date.now() > deadline) throw new Error("a round of the comparison did not come to its end");
    await pause(200);
  }
}

function summary(values: readonly number[]): Delays {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return { events: sorted.length, median: at(0.5), p99: at(0.99) };
}
