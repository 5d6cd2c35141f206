import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  ReceiptHandleIsInvalid,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { setTimeout as pause } from "node:timers/promises";
import { encodeAttributes } from "../functions/adapters/message-attributes";
import { redriveDeduplicationId } from "../functions/domain/webhook";
import type { Inbox } from "./connect";
import { consumerNamed } from "./outputs";
import { queueDepth } from "./queue";
import { byArrival, parseDeadLetter, type DeadLetter } from "./dead-letter";
import { parseUndelivered } from "./undelivered";
import { portions } from "./portions";

/** Visibility timeout of dead letters that were read, in seconds; also the time until they reappear after a crash. */
export const HOLD_SECONDS = 30;

/** Seconds between two renewals of the visibility timeout while the command runs. */
const RENEW_SECONDS = 10;

/** Seconds until the messages of a crashed reader are visible and counted; SQS counts up to a minute late. */
const RELEASE_SECONDS = HOLD_SECONDS + 60;

/** Maximum number of entries in one batch call of SQS. */
const BATCH = 10;

/** A dead letter that was read: hidden from other readers until it is deleted or made visible again. */
interface Held {
  readonly deadLetter: DeadLetter;
  readonly message: Message;
}

/** Result of reading the dead-letter queue. */
export interface Reading {
  /** Dead letters in order of arrival; both copies of one whose move to another group was interrupted. */
  readonly deadLetters: readonly DeadLetter[];
  /** Approximate number of dead letters behind the first ten of their group, which SQS does not return. */
  readonly hidden: number;
  /** Approximate number of dead letters that another reader held at the start. */
  readonly heldByOthers: number;
}

/**
 * Reads the dead-letter queue for one command. Reading a dead letter hides it and blocks its group. Call {@link close}
 * in a `finally`: it makes the dead letters visible again that were not deleted.
 */
export class DeadLetterQueue {
  readonly #url: string;
  readonly #queueUrl: string;
  readonly #parse: (message: Message) => DeadLetter;
  readonly #sqs: SQSClient;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;
  #renewal: Promise<void> = Promise.resolve();

  /**
   * @param consumer name of the consumer whose dead letters are read @default the inbox's own
   * @param undelivered URL of the queue of undelivered events, which are only read and removed
   * @throws UsageError if the stack has no such consumer
   */
  constructor(
    { outputs, clients }: Inbox,
    readonly consumer?: string,
    undelivered?: string,
  ) {
    const of = consumer === undefined ? undefined : consumerNamed(consumer, outputs);
    this.#url = undelivered ?? of?.dlq_url ?? outputs.dlq_url;
    this.#parse =
      undelivered === undefined ? (message) => parseDeadLetter(message, consumer) : parseUndelivered;
    this.#queueUrl = of?.queue_url ?? outputs.sqs_queue_url;
    this.#sqs = clients.sqs;
    this.#timer = setInterval(() => {
      // Ignores a failure: the dead letters then reappear early, and one that is sent twice is deduplicated.
      this.#renewal = this.#setVisibility(HOLD_SECONDS).catch(() => undefined);
    }, RENEW_SECONDS * 1_000).unref();
  }

  /**
   * Waits while another reader holds dead letters, at most as long as a crashed reader would hold them. Returns false
   * if they are still held.
   */
  async awaitReleased(signal: AbortSignal): Promise<boolean> {
    const deadline = Date.now() + RELEASE_SECONDS * 1_000;
    for (;;) {
      if ((await queueDepth(this.#url, this.#sqs)).inFlight === 0) return true;
      if (Date.now() > deadline) return false;
      await pause(500, undefined, { signal });
    }
  }

  /**
   * Reads all messages that SQS returns: only the first ten of a shared group (messages that SQS moved itself).
   * @param spread whether to read the rest of such groups, too, by moving their first messages to groups of their own
   *   within the queue
   * @param limit number of dead letters after which reading ends; up to nine more are read
   */
  async read({
    spread,
    signal,
    limit = Infinity,
  }: {
    spread: boolean;
    signal: AbortSignal;
    limit?: number;
  }): Promise<Reading> {
    const { inFlight: heldByOthers } = await queueDepth(this.#url, this.#sqs);
    await this.#receiveAll(signal, limit);
    const shared = () => [...this.#held.values()].filter(({ deadLetter }) => deadLetter.shared);
    // Repeats until no more are returned: SQS reports only approximately how many remain in the shared groups.
    for (let front = shared(); spread && front.length > 0; front = shared()) {
      for (const held of front) {
        signal.throwIfAborted();
        await this.#giveOwnGroup(held);
      }
      await this.#receiveAll(signal, limit);
    }
    const hidden = shared().length > 0 ? (await queueDepth(this.#url, this.#sqs)).waiting : 0;
    const deadLetters = byArrival([...this.#held.values()].map(({ deadLetter }) => deadLetter));
    return { deadLetters, hidden, heldByOthers };
  }

  /** Sends a webhook to the inbox's queue again, or an event to the consumer's, in the group that it came from. */
  async resend(deadLetter: DeadLetter): Promise<void> {
    const { receivedAt, source } = deadLetter;
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: deadLetter.body,
        MessageGroupId: deadLetter.group,
        MessageDeduplicationId: redriveDeduplicationId(deadLetter.messageId),
        MessageAttributes: encodeAttributes(source ?? { receivedAt }),
      }),
    );
  }

  /**
   * Deletes a dead letter. If its visibility timeout has ended it stays; the next redrive sends it again, and SQS
   * deduplicates it.
   */
  async remove(deadLetter: DeadLetter): Promise<void> {
    try {
      await this.#sqs.send(
        new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: deadLetter.receiptHandle }),
      );
    } catch (error) {
      if (!(error instanceof ReceiptHandleIsInvalid)) throw error;
    }
    this.#held.delete(deadLetter.receiptHandle);
  }

  /** Makes the dead letters that were read and not deleted visible to other readers at once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
    await this.#setVisibility(0);
    this.#held.clear();
  }

  async #receiveAll(signal: AbortSignal, limit: number): Promise<void> {
    while (this.#held.size < limit) {
      signal.throwIfAborted();
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: BATCH,
          VisibilityTimeout: HOLD_SECONDS,
          // A long poll asks all of SQS's servers; a short one a few, and can come back empty from a full queue.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) return;
      for (const message of Messages) {
        const deadLetter = this.#parse(message);
        this.#held.set(deadLetter.receiptHandle, { deadLetter, message });
      }
    }
  }

  async #giveOwnGroup({ deadLetter, message }: Held): Promise<void> {
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: deadLetter.body,
        MessageGroupId: deadLetter.messageId,
        MessageDeduplicationId: deadLetter.messageId,
        MessageAttributes: {
          ...message.MessageAttributes,
          ...encodeAttributes({ receivedAt: deadLetter.receivedAt, group: deadLetter.group }),
        },
      }),
    );
    await this.remove(deadLetter);
  }

  async #setVisibility(seconds: number): Promise<void> {
    for (const handles of portions([...this.#held.keys()], BATCH)) {
      const Entries = handles.map((ReceiptHandle, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: seconds,
      }));
      await this.#sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries }));
    }
  }
}
