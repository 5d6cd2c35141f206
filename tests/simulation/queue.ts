import type { QueueMessage } from "../../functions/domain/ingest-ports";
import {
  parseWebhook,
  readMessage,
  type Delivery,
  type ReceivedMessage,
} from "../../functions/domain/message";
import type { DeadLetterFacts } from "../../functions/domain/recover";
import { redriveDeduplicationId } from "../../functions/domain/webhook";
import type { Clock } from "./clock";
import { nameOf } from "./sender";

/** Milliseconds for which SQS drops further messages with the deduplication id of one that it has taken. */
export const DEDUPLICATION_MS = 5 * 60_000;

/** Name of all messages without a webhook. */
export const RESUMES = "resumes";

/** A message and its history. It is kept after it has left the queue, for the rules. */
export interface StoredMessage {
  readonly sequence: number;
  readonly messageId: string;
  /** Name of its event in the rules. */
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly receivedAt: string;
  readonly takenStep: number;
  /** Set if the recovery queued it again. */
  readonly redriven?: true;
  receiveCount: number;
  visibleAt: number;
  left?: { readonly step: number; readonly how: "deleted" | "redriven" };
}

/** The FIFO queue with its redrive policy. */
export class FifoQueue {
  /** All messages, in the order in which the queue took them. */
  readonly messages: StoredMessage[] = [];
  private live: StoredMessage[] = [];
  private readonly lastSent = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly step: () => number,
    private readonly settings: {
      readonly visibilityTimeoutMs: number;
      readonly maxReceiveCount: number;
      readonly onRedrive: (message: StoredMessage) => void;
      /** Called with the milliseconds until a message can be received. */
      readonly onVisibleIn: (milliseconds: number) => void;
    },
  ) {}

  send({ webhook, ...rest }: QueueMessage & { redriven?: true }): void {
    this.take(nameOf(webhook), { ...rest, body: JSON.stringify(webhook) });
  }

  private take(
    id: string,
    {
      body,
      group,
      deduplicationId,
      receivedAt,
      redriven,
    }: Omit<QueueMessage, "webhook"> & { readonly body: string; readonly redriven?: true },
  ): void {
    const scoped = `${group}/${deduplicationId}`;
    const last = this.lastSent.get(scoped);
    if (last !== undefined && this.clock.now < last + DEDUPLICATION_MS) return;
    this.lastSent.set(scoped, this.clock.now);
    const sequence = this.messages.length + 1;
    const message: StoredMessage = {
      sequence,
      messageId: `m${sequence}`,
      id,
      body,
      group,
      deduplicationId,
      receivedAt: new Date(receivedAt).toISOString(),
      takenStep: this.step(),
      ...(redriven && { redriven }),
      receiveCount: 0,
      visibleAt: this.clock.now,
    };
    this.messages.push(message);
    this.live.push(message);
    this.settings.onVisibleIn(0);
  }

  /** Sends a message without a webhook, which makes a group continue. */
  wake(body: string, group: string, deduplicationId: string): void {
    this.take(RESUMES, { body, group, deduplicationId, receivedAt: this.clock.now });
  }

  redrive({ messageId, body, group, receivedAt }: DeadLetterFacts): void {
    this.send({
      webhook: parseWebhook(body),
      group,
      deduplicationId: redriveDeduplicationId(messageId),
      receivedAt: Date.parse(receivedAt),
      redriven: true,
    });
  }

  /** Returns up to this many messages, in order. Skips groups with a hidden message. */
  receive(max: number): readonly ReceivedMessage[] {
    const { now } = this.clock;
    const locked = new Set(this.live.filter(({ visibleAt }) => visibleAt > now).map(({ group }) => group));
    const received: ReceivedMessage[] = [];
    for (const message of [...this.live]) {
      if (received.length === max) break;
      if (locked.has(message.group)) continue;
      if (message.receiveCount >= this.settings.maxReceiveCount) {
        this.leave(message, "redriven");
        this.settings.onRedrive(message);
        continue;
      }
      message.receiveCount += 1;
      this.hide(message, this.settings.visibilityTimeoutMs);
      received.push(delivery(message));
    }
    return received;
  }

  /** Returns whether this is the message's latest receive, and it is still hidden from others. */
  isHidden({ messageId, receiveCount }: Delivery): boolean {
    const message = this.live.find((one) => one.messageId === messageId);
    return message?.receiveCount === receiveCount && message.visibleAt > this.clock.now;
  }

  changeVisibility(
    { messageId, receiveCount }: Pick<Delivery, "messageId" | "receiveCount">,
    seconds: number,
  ): void {
    const message = this.live.find((one) => one.messageId === messageId);
    if (message?.receiveCount === receiveCount) this.hide(message, seconds * 1_000);
  }

  delete({ messageId }: Delivery): void {
    const message = this.live.find((one) => one.messageId === messageId);
    if (!message) return;
    this.leave(message, "deleted");
    this.settings.onVisibleIn(0);
  }

  private hide(message: StoredMessage, milliseconds: number): void {
    message.visibleAt = this.clock.now + milliseconds;
    this.settings.onVisibleIn(milliseconds);
  }

  private leave(message: StoredMessage, how: "deleted" | "redriven"): void {
    message.left = { step: this.step(), how };
    this.live = this.live.filter((one) => one !== message);
  }
}

function delivery(message: StoredMessage): ReceivedMessage {
  const { messageId, body, group, deduplicationId, sequence, receiveCount, receivedAt } = message;
  return {
    messageId,
    receiptHandle: `${messageId}/${receiveCount}`,
    body,
    ...readMessage(body),
    group,
    deduplicationId,
    sequence: String(sequence),
    receiveCount,
    receivedAt,
  };
}
