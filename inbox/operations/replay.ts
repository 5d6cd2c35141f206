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

/** What replaying needs of the outside. */
export interface ReplayPorts {
  readonly records: {
    /** Takes the next replay number for a run, once; notes on the record which run has it, and the consumer that it is for. */
    claim(webhook: StoredWebhook, run: string, consumer?: string): Promise<Claim>;
  };
  readonly payloads: {
    /** @throws if it does not exist or is archived */
    read(key: string): Promise<StoredPayload>;
    /** @throws if it does not exist */
    assertStored(key: string): Promise<void>;
  };
  /** What the stack knows of a provider, where it is still configured. */
  readonly provider: (name: string) => StackProvider | undefined;
  readonly queue: { send(message: QueueMessage): Promise<void> };
  /** Removes dead letters that replays supersede. @param replays their numbers by record key @returns how many */
  readonly removeDeadLetters: (replays: ReadonlyMap<string, number>, signal: AbortSignal) => Promise<number>;
}

/** Replaying on a deployed inbox. */
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
  /** By arrival. */
  readonly webhooks: readonly StoredWebhook[];
  /** Webhooks per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
  /** Name of the one consumer that it is for. @default all, and the bus */
  readonly consumer?: string | undefined;
}

export interface ReplayResult extends SendingResult<StoredWebhook> {
  readonly replayed: number;
  /** Done by this run before it was interrupted. */
  readonly doneBefore: number;
  /** Dead letters of these webhooks that were removed, and why others were not. */
  readonly deadLetters: { readonly removed: number; readonly error?: unknown };
}

/** Returns those of the webhooks of a replay that are in the queue: neither failed nor left. */
export function queuedOf(
  webhooks: readonly StoredWebhook[],
  { failed, left }: Pick<ReplayResult, "failed" | "left">,
): readonly StoredWebhook[] {
  const undone = new Set([...failed.map(({ item }) => item), ...left]);
  return webhooks.filter((webhook) => !undone.has(webhook));
}

/**
 * Queues webhooks again, group by group in order of arrival, each under the next replay number. The number is claimed
 * before the message is sent: a run that dies in between sends it again under the same number, and what comes twice is
 * left out by SQS within five minutes and by the workflow after that.
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
    // What one consumer gets takes the place of no webhook.
    if (consumer === undefined && mayBeDeadLettered(stored))
      superseding.set(recordKey(stored.provider, keyOf(stored)), number);
  };
  // Also of those done before: the run can have died before it removed their dead letters.
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
      // Read before it is claimed: a payload that cannot be had leaves no claim behind.
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

/** Whether the dead-letter queue can hold a message of it: what was published or filtered at once never was there. */
function mayBeDeadLettered({ status, deadLetteredAt }: StoredWebhook): boolean {
  return deadLetteredAt !== undefined || (status !== "published" && status !== "filtered");
}

/** The webhooks are in the queue already: a dead letter that stays behind is reported and fails no replay. */
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

/** One that is larger than the limit is not read: a reference to it is published. */
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

/** In the order in which they were received. */
export function inOrderOfArrival(webhooks: readonly StoredWebhook[]): readonly StoredWebhook[] {
  return [...webhooks].sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt));
}

const RUN_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Returns an id for a run, which holds when it began. */
export function newRun(now: number): string {
  const begun = new Date(now).toISOString().replace(/[-:.]/g, "");
  return `${begun}-${randomBytes(3).toString("hex")}`;
}

/**
 * When a run began, milliseconds since the epoch: durations before now mean the same webhooks when it is run again.
 * @param now for ids that a person chose
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
