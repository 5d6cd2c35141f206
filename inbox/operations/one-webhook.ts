import { userInfo } from "node:os";
import { keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { pause, resume } from "../consumers";
import { DeadLetterQueue } from "../dead-letters";
import { claimFor } from "../records/claim";
import { readRecorded } from "../records/select";
import { RejectedRequests } from "../rejected";
import { deadLetterOperationsOn, type DeadLetterOperations } from "./dead-letters";
import { erase } from "./erase";
import { erasePorts } from "./erase-ports";
import { EraseSelection } from "./erase-selection";
import { OperationRejectedError, orRejected, rejection, RATE, TIMEOUT_MS } from "./rejection";
import { redrive, redrivePorts } from "./redrive";
import { release, releaseRunPorts } from "./release";
import { newRun, replay, replayPorts } from "./replay";
import { ReplaySelection } from "./replay-selection";
import { recordKey } from "../../functions/domain/webhook";

/** Operations of an operator, one at a time. Each rejection is an {@link OperationRejectedError}. */
export interface Operations extends DeadLetterOperations {
  /** Publishes a webhook once more, or sends it to one consumer alone, under the next replay number. */
  replay(provider: string, key: string, consumer?: string): Promise<{ readonly replay: number }>;
  /** Redrives a webhook's message from the dead-letter queue. */
  redrive(provider: string, key: string): Promise<void>;
  /** Erases a webhook, which can take half a minute. */
  erase(provider: string, key: string, reason: string): Promise<void>;
  /**
   * Verifies a rejected request again and releases it.
   * @param id of the rejected request
   * @param ignoreTimestamp whether to release it even if it was signed outside its provider's window
   * @returns the released webhook
   */
  release(id: string, ignoreTimestamp: boolean): Promise<{ readonly provider: string; readonly key: string }>;
  /** Stops passing messages to a consumer's function. */
  pause(consumer: string): Promise<void>;
  /** Passes messages to a consumer's function again, and retries waiting deliveries at once. */
  resume(consumer: string): Promise<void>;
}

/** Milliseconds that an erasure may take, including the wait for work in progress. */
const ERASE_TIMEOUT_MS = 90_000;

/** Returns the operations on a deployed inbox. */
export function operationsOn(inbox: Inbox): Operations {
  return {
    ...deadLetterOperationsOn(inbox),
    replay: (provider, key, consumer) => replayOne(inbox, provider, key, consumer),
    redrive: (provider, key) => redriveOne(inbox, provider, key),
    erase: (provider, key, reason) => eraseOne(inbox, provider, key, reason),
    release: (id, ignoreTimestamp) => releaseOne(inbox, id, ignoreTimestamp),
    pause: async (consumer) => void (await orRejected(pause(consumer, inbox))),
    resume: async (consumer) => void (await orRejected(resume(consumer, inbox))),
  };
}

async function replayOne(
  inbox: Inbox,
  provider: string,
  key: string,
  consumer: string | undefined,
): Promise<{ readonly replay: number }> {
  if (consumer !== undefined && !Object.hasOwn(inbox.outputs.consumer_queues, consumer))
    throw new OperationRejectedError(`There is no consumer ${consumer} any more.`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const found = await readRecorded(inbox, recordKey(provider, key));
  if (!found) throw new OperationRejectedError("There is no record of this webhook any more.");
  if (found.status !== "published" && found.status !== "filtered") {
    throw new OperationRejectedError(
      `It is ${found.status}; only what was published or filtered can be replayed.`,
    );
  }
  const run = newRun(Date.now());
  const webhooks = await new ReplaySelection(inbox, signal).one(provider, key);
  const { failed } = await replay(
    { run, webhooks, rate: RATE, signal, onSent: () => undefined, consumer },
    replayPorts(inbox),
  );
  if (failed[0]) throw rejection(failed[0].error);
  const after = await readRecorded(inbox, recordKey(provider, key));
  const { replay: number } = claimFor(after?.state ?? { replay: 0, lastReplay: 0, replays: [] }, run);
  return { replay: number };
}

async function redriveOne(inbox: Inbox, provider: string, key: string): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const queue = new DeadLetterQueue(inbox);
  try {
    const { deadLetters } = await queue.read({ spread: true, signal });
    const mine = deadLetters.filter(
      ({ webhook }) => webhook?.provider === provider && keyOf(webhook) === key,
    );
    if (mine.length === 0) {
      throw new OperationRejectedError(
        "Its message was not found in the dead-letter queue. It was removed, or another reader holds it. Try again in a minute.",
      );
    }
    const { failed } = await redrive(
      { deadLetters: mine, rate: RATE, signal, onSent: () => undefined },
      redrivePorts(inbox, queue),
    );
    if (failed[0]) throw rejection(failed[0].error);
  } finally {
    await queue.close();
  }
}

async function eraseOne(inbox: Inbox, provider: string, key: string, reason: string): Promise<void> {
  if (reason.trim() === "") throw new OperationRejectedError("Say why it is erased.");
  const signal = AbortSignal.timeout(ERASE_TIMEOUT_MS);
  const selected = await new EraseSelection(inbox, signal).byId(provider, [key]);
  if (selected.webhooks.length === 0) throw new OperationRejectedError("There is nothing left of it.");
  const by = userInfo().username;
  const run = { ...selected, by, reason, signal, onErased: () => undefined };
  await erase(run, erasePorts(inbox, signal));
}

async function releaseOne(inbox: Inbox, id: string, ignoreTimestamp: boolean) {
  const found = await new RejectedRequests(inbox).describe(id);
  if (!found) throw new OperationRejectedError("It was released before, or is older than seven days.");
  const { released, stillRejected, failed } = await release(
    {
      items: [found],
      ignoreTimestamp,
      rate: RATE,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      onDone: () => undefined,
    },
    releaseRunPorts(inbox),
  );
  if (failed[0]) throw rejection(failed[0].error);
  if (stillRejected[0]) throw new OperationRejectedError(`It is rejected again: ${stillRejected[0].detail}.`);
  if (!released[0]) throw new OperationRejectedError("It was released by someone else at the same moment.");
  return released[0];
}
