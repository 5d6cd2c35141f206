import { randomBytes } from "node:crypto";
import type { QueueMessage } from "../../functions/domain/ingest-ports";
import { createQueueSender } from "../../functions/adapters/queue";
import {
  deduplicationId,
  INLINE_LIMIT_BYTES,
  keyOf,
  recordKey,
  type Webhook,
} from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { UsageError } from "../errors";
import { providerNamed, type StackProvider } from "../outputs";
import { RawPayloads } from "../payloads";
import { claimFor, claimReplay, type Claim } from "../records/claim";
import { identified, type StoredWebhook } from "../records/select";
import { inlineData, type StoredPayload } from "../stored-payload";
import { removeReplayed } from "./remove-replayed";
import { sendInOrder, type SendingResult } from "./in-order";

/** External calls that a replay needs. */
export interface ReplayPorts {
  readonly records: {
    /**
     * Claims the next replay number for a run, once; notes on the record which run has it, and for which consumer it
     * is.
     */
    claim(webhook: StoredWebhook, run: string, consumer?: string): Promise<Claim>;
  };
  readonly payloads: {
    /** @throws if it does not exist or is archived */
    read(key: string): Promise<StoredPayload>;
    /** @throws if it does not exist */
    assertStored(key: string): Promise<void>;
  };
  /** Returns what the stack knows of a provider; undefined if it is no longer configured. */
  readonly provider: (name: string) => StackProvider | undefined;
  readonly queue: { send(message: QueueMessage): Promise<void> };
  /**
   * Removes dead letters that replays supersede. @param replays their numbers by record key @returns how many were
   * removed
   */
  readonly removeDeadLetters: (replays: ReadonlyMap<string, number>, signal: AbortSignal) => Promise<number>;
}

/** Returns the ports for replaying on a deployed inbox. */
export function replayPorts(inbox: Inbox): ReplayPorts {
  const { outputs, clients } = inbox;
  return {
    records: { claim: (webhook, run, consumer) => claimReplay(inbox, webhook, run, consumer) },
    payloads: new RawPayloads(inbox),
    provider: (name) => providerNamed(name, outputs),
    queue: createQueueSender(outputs.sqs_queue_url, clients.sqs),
    removeDeadLetters: (replays, signal) => removeReplayed(inbox, replays, signal),
  };
}

export interface Replay {
  readonly run: string;
  /** Webhooks in order of arrival. */
  readonly webhooks: readonly StoredWebhook[];
  /** Webhooks per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
  /** Name of the only consumer that gets the replay. @default all consumers, and the bus */
  readonly consumer?: string | undefined;
}

export interface ReplayResult extends SendingResult<StoredWebhook> {
  readonly replayed: number;
  /** Number of webhooks that this run had done before it was interrupted. */
  readonly doneBefore: number;
  /** Number of dead letters of these webhooks that were removed, and the error if they could not be. */
  readonly deadLetters: { readonly removed: number; readonly error?: unknown };
}

/** Returns the webhooks of a replay that are in the queue: all that neither failed nor are left. */
export function queuedOf(
  webhooks: readonly StoredWebhook[],
  { failed, left }: Pick<ReplayResult, "failed" | "left">,
): readonly StoredWebhook[] {
  const undone = new Set([...failed.map(({ item }) => item), ...left]);
  return webhooks.filter((webhook) => !undone.has(webhook));
}

/**
 * Queues webhooks again, group by group in order of arrival, each under the next replay number. The number is claimed
 * before the message is sent: a run that is interrupted in between and repeated sends it again under the same number,
 * and such a duplicate is dropped by SQS within five minutes and by the workflow after that.
 */
export async function replay(
  { run, webhooks, rate, signal, onSent, consumer }: Replay,
  ports: ReplayPorts,
): Promise<ReplayResult> {
  const todo = webhooks.filter(({ state }) => state === undefined || claimFor(state, run).state !== "done");
  let replayed = 0;
  let doneBefore = webhooks.length - todo.length;
  const superseding = new Map<string, number>();
  const supersede = (stored: StoredWebhook, number: number) => {
    // A replay for one consumer supersedes no dead letter of the inbox.
    if (consumer === undefined && mayBeDeadLettered(stored))
      superseding.set(recordKey(stored.provider, keyOf(stored)), number);
  };
  // Includes webhooks that were done before: the run can have died before it removed their dead letters.
  for (const stored of webhooks) {
    const claim = stored.state && claimFor(stored.state, run);
    if (claim?.state === "done") supersede(stored, claim.replay);
  }
  const result = await sendInOrder({
    items: todo,
    groupOf: ({ group }) => group,
    rate,
    signal,
    onSent,
    async send(stored) {
      // Reads the payload before the claim, so that a payload that cannot be read leaves no claim behind.
      const inline = await readInline(stored, ports);
      const { replay: number, state } = await ports.records.claim(stored, run, consumer);
      if (state === "done") {
        doneBefore += 1;
        supersede(stored, number);
        return;
      }
      const webhook = {
        ...webhookOf(stored, number, inline),
        ...(consumer !== undefined && { only: consumer }),
      };
      await ports.queue.send({
        webhook,
        group: stored.group,
        deduplicationId: deduplicationId(webhook),
        receivedAt: Date.parse(stored.receivedAt),
      });
      replayed += 1;
      supersede(stored, number);
    },
  });
  const deadLetters = await removed(superseding, signal, ports);
  return { ...result, replayed, doneBefore, deadLetters };
}

/**
 * Returns whether the dead-letter queue can contain the webhook: one that was published or filtered at once never was
 * there.
 */
function mayBeDeadLettered({ status, deadLetteredAt }: StoredWebhook): boolean {
  return deadLetteredAt !== undefined || (status !== "published" && status !== "filtered");
}

/**
 * Removes superseded dead letters. Returns an error instead of throwing it: the webhooks are in the queue already, so
 * that the replay has succeeded.
 */
async function removed(
  replays: ReadonlyMap<string, number>,
  signal: AbortSignal,
  { removeDeadLetters }: ReplayPorts,
): Promise<ReplayResult["deadLetters"]> {
  if (replays.size === 0) return { removed: 0 };
  try {
    return { removed: await removeDeadLetters(replays, signal) };
  } catch (error) {
    return { removed: 0, error };
  }
}

/** Returns the message's webhook, in the shape that the ingestion function gives it. */
function webhookOf(stored: StoredWebhook, replay: number, inline: ReturnType<typeof inlineData>): Webhook {
  const { contentType, size, s3Key, receivedVia } = stored;
  return {
    ...identified(stored),
    contentType,
    size,
    s3Key,
    replay,
    ...(receivedVia !== undefined && { receivedVia }),
    ...inline,
  };
}

/**
 * Reads the payload to send with the message; undefined if it is above the limit, so that a reference to it is
 * published.
 */
async function readInline(
  { provider, size, s3Key }: StoredWebhook,
  { payloads, provider: configured }: ReplayPorts,
): Promise<ReturnType<typeof inlineData>> {
  if (size > INLINE_LIMIT_BYTES) {
    await payloads.assertStored(s3Key);
    return undefined;
  }
  return inlineData(configured(provider), await payloads.read(s3Key));
}

/** Sorts webhooks by the time they were received. */
export function inOrderOfArrival(webhooks: readonly StoredWebhook[]): readonly StoredWebhook[] {
  return [...webhooks].sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt));
}

const RUN_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Returns an id for a run, which contains the time when it began. */
export function newRun(now: number): string {
  const begun = new Date(now).toISOString().replace(/[-:.]/g, "");
  return `${begun}-${randomBytes(3).toString("hex")}`;
}

/**
 * Returns when a run began, milliseconds since the epoch. Durations count back from then, so that they mean the same
 * webhooks when the run is repeated.
 * @param now returned for ids that a person chose
 * @throws UsageError
 */
export function begunAt(run: string, now: number): number {
  if (!RUN_ID.test(run)) throw new UsageError("A run id has 1 to 64 characters A-Z, a-z, 0-9 and -.");
  const [, date, hours, minutes, seconds, milliseconds] =
    /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(run) ?? [];
  if (date === undefined) return now;
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const ms = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return Number.isNaN(ms) ? now : ms;
}
