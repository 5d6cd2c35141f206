import { deadLetterCode, type Cause } from "../causes";
import type { Inbox } from "../connect";
import { DeadLetterQueue } from "../dead-letters";
import { RejectedRequests } from "../rejected";
import { redrive, redrivePorts } from "./redrive";
import { release, releaseRunPorts } from "./release";
import { newRun, queuedOf, replay, replayPorts } from "./replay";
import { UndeliveredEvents } from "./undelivered";

/** Result of an operation on everything with one cause. */
export interface CauseResult {
  readonly done: number;
  /** Number of items that failed, were rejected again, or were not attempted. */
  readonly left: number;
}

/** Webhooks per second; low, since consumers get them in addition to their usual ones. */
const RATE = 20;

/** Redrives all dead letters of a provider with one error, in their order. */
export async function redriveCause(
  { provider, error }: Pick<Cause, "provider" | "error">,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<CauseResult> {
  const queue = new DeadLetterQueue(inbox);
  try {
    const { deadLetters } = await queue.read({ spread: true, signal });
    const chosen = deadLetters.filter(
      ({ webhook, reason }) => webhook?.provider === provider && reason.code === deadLetterCode(error),
    );
    let done = 0;
    const run = { deadLetters: chosen, rate: RATE, signal, onSent: () => void (done += 1) };
    const { failed, left } = await redrive(run, redrivePorts(inbox, queue));
    return { done, left: failed.length + left.length };
  } finally {
    await queue.close();
  }
}

/** Verifies all rejected requests of a provider with one reason again, and releases those that pass. */
export async function releaseCause(
  { provider, error: reason }: Pick<Cause, "provider" | "error">,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<CauseResult> {
  const { listed: items } = await new RejectedRequests(inbox).find({ provider, reason }, signal);
  const run = { items, rate: RATE, signal, ignoreTimestamp: false, onDone: () => undefined };
  const { released, stillRejected, failed, left } = await release(run, releaseRunPorts(inbox));
  const done = new Set(released.map(({ rejectedId }) => rejectedId)).size;
  return { done, left: stillRejected.length + failed.length + left };
}

/** Replays the webhooks whose events a rule could not deliver, and removes those events from their queue. */
export async function replayUndelivered(
  { rule }: Pick<Cause, "rule">,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<CauseResult> {
  const events = new UndeliveredEvents(inbox);
  try {
    const { found: webhooks, lost } = await events.webhooks(rule, signal);
    const run = { run: newRun(Date.now()), webhooks, rate: RATE, signal, onSent: () => undefined };
    const done = queuedOf(webhooks, await replay(run, replayPorts(inbox)));
    await events.remove(done);
    return { done: done.length, left: webhooks.length - done.length + lost.length };
  } finally {
    await events.close();
  }
}
