import type { ConsumerMessage } from "../../functions/domain/consumer-message";
import { deliver } from "../../functions/domain/deliver";
import type { DeliverPorts } from "../../functions/domain/deliver-ports";
import type { DeliveryState } from "../../functions/domain/delivery-state";
import type { Delivery, ReceivedMessage } from "../../functions/domain/message";
import { deduplicationId, recordKey, keyOf, type Webhook } from "../../functions/domain/webhook";
import type { WorkflowItem } from "../../functions/domain/workflow";
import { Process, type Calls } from "./calls";
import type { Clock } from "./clock";
import { FifoQueue, type StoredMessage } from "./queue";
import type { Call, PlannedConsumer } from "./schedule";
import { nameOf } from "./sender";

const SECOND = 1_000;

/** Settings with which components/consumer.ts and components/http-delivery.ts deploy the queue and the function. */
const MAX_RECEIVES = 1_000;
const FUNCTION_TIMEOUT_MS = 30 * SECOND;
const VISIBILITY_TIMEOUT_MS = 6 * FUNCTION_TIMEOUT_MS;
const CONCURRENCY = 10;
const POST_TIMEOUT_MS = 15 * SECOND;
const MAX_ATTEMPTS = 4;

/** Milliseconds after which functions/adapters/clients.ts gives up. */
const CALL_TIMEOUT_MS = 7.5 * SECOND;

/** Milliseconds until a slow consumer answers, and until an operator resumes one that answered 410. */
const SLOW_MS = 14 * SECOND;
const RESUMED_AFTER_MS = 3_600 * SECOND;

/** Stored states of deliveries, as functions/adapters/deliveries.ts keeps them. The simulation has no replays. */
export class DeliveryStates {
  private readonly all = new Map<string, DeliveryState>();

  read({ recordKey: key }: ConsumerMessage): DeliveryState | undefined {
    return this.all.get(key);
  }

  write({ recordKey: key }: ConsumerMessage, state: DeliveryState): void {
    this.all.set(key, state);
  }
}

/** History of one consumer, for the rules. */
export interface ConsumerHistory {
  readonly planned: PlannedConsumer;
  /** Events that it answered with 2xx. */
  readonly handled: readonly { readonly id: string; readonly at: number }[];
  readonly deadLetters: readonly string[];
  /** Events that the workflow noted as undelivered, because the queue was gone. */
  readonly undelivered: ReadonlySet<string>;
  /** Messages that its queue took. */
  readonly messages: readonly StoredMessage[];
}

/** Replaces parts of the delivery, to plant a mistake. */
export type DeliverVariant = (ports: DeliverPorts) => DeliverPorts;

/** A consumer over HTTP with its queue, its event source mapping, and the function that runs the real `deliver`. */
export class Deliveries implements ConsumerHistory {
  readonly handled: { id: string; at: number }[] = [];
  readonly deadLetters: string[] = [];
  readonly undelivered = new Set<string>();
  private readonly queue: FifoQueue;
  private readonly states = new DeliveryStates();
  private readonly calledFor = new Map<string, number>();
  private inFlight = 0;
  private paused = false;
  private removed = false;
  private gone: boolean;

  constructor(
    private readonly clock: Clock,
    private readonly calls: Calls,
    readonly planned: PlannedConsumer,
    private readonly variant: DeliverVariant = (ports) => ports,
  ) {
    this.gone = planned.answers === "gone";
    this.queue = new FifoQueue(clock, () => calls.step(), {
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      maxReceiveCount: MAX_RECEIVES,
      onRedrive: ({ id }) => this.deadLetters.push(id),
      onVisibleIn: (milliseconds) => clock.after(milliseconds, () => this.poll()),
    });
    const { paused, removedAt } = planned;
    if (paused) {
      clock.after(paused.from, () => (this.paused = true));
      clock.after(paused.until, () => this.resume());
    }
    if (removedAt !== undefined) clock.after(removedAt, () => (this.removed = true));
  }

  get messages(): readonly StoredMessage[] {
    return this.queue.messages;
  }

  /** Takes a webhook that the workflow sends. */
  take(item: WorkflowItem): void {
    if (this.removed) return void this.undelivered.add(nameOf(item));
    this.queue.send({
      webhook: item,
      group: item.group,
      deduplicationId: deduplicationId(item),
      receivedAt: Date.parse(item.receivedAt),
    });
  }

  private resume(): void {
    this.paused = false;
    this.poll();
  }

  /** Receives messages one at a time, with as many in flight as the mapping allows. */
  private poll(): void {
    while (!this.paused && !this.removed && this.inFlight < CONCURRENCY) {
      const [message] = this.queue.receive(1);
      if (!message) return;
      this.inFlight += 1;
      this.invoke(message);
    }
  }

  private invoke(received: ReceivedMessage): void {
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      this.inFlight -= 1;
      this.poll();
    };
    const process = new Process(end);
    this.clock.after(FUNCTION_TIMEOUT_MS, () => {
      if (!over) process.die({ cutOff: false });
    });
    const message = consumerMessage(received);
    const consumer = { name: "crm", maxAttempts: MAX_ATTEMPTS, onFailure: "dead-letter" } as const;
    this.clock.wake(
      () =>
        void deliver(message, consumer, this.variant(this.ports(process, message))).then((done) => {
          if (!process.alive) return;
          end();
          if (done) this.remove(received);
        }),
    );
  }

  private remove(message: Delivery): void {
    this.calls
      .make(new Process(), "deliveries.delete", {
        ids: [idOf(message)],
        timeoutMs: CALL_TIMEOUT_MS,
        effect: () => this.queue.delete(message),
      })
      .catch(() => {});
  }

  private ports(process: Process, message: ConsumerMessage): DeliverPorts {
    const ids = [idOf(message)];
    const call = <T>(name: Call, effect: () => T) =>
      this.calls.make(process, name, { ids, timeoutMs: CALL_TIMEOUT_MS, effect });
    return {
      deliveries: {
        read: (of) => call("deliveries.read", () => this.states.read(of)),
        write: (of, state) => call("deliveries.write", () => this.states.write(of, state)),
      },
      rate: { take: async () => true },
      request: async () => ({
        url: "https://crm.example.com/",
        headers: [],
        body: Buffer.from(message.body),
      }),
      post: () => this.post(process, ids[0]!),
      queue: {
        retryAfter: (_, seconds) =>
          call("deliveries.retryAfter", () => this.queue.changeVisibility(message, seconds)),
      },
      deadLetters: { send: () => call("deliveries.deadLetter", () => void this.deadLetters.push(ids[0]!)) },
      pause: async () => {
        this.paused = true;
        this.gone = false;
        this.clock.after(RESUMED_AFTER_MS, () => this.resume());
      },
      now: () => this.clock.now,
      random: () => 0.5,
      log: () => {},
    };
  }

  /** Answers as the consumer's server. */
  private post(process: Process, id: string): ReturnType<DeliverPorts["post"]> {
    const before = this.calledFor.get(id) ?? 0;
    this.calledFor.set(id, before + 1);
    const { answers } = this.planned;
    return new Promise((resolve, reject) => {
      const after = (milliseconds: number, continuation: () => void) =>
        this.clock.after(milliseconds, () => {
          if (process.alive) this.clock.wake(continuation);
        });
      if (answers === "hangs" && before === 0)
        return after(POST_TIMEOUT_MS, () => reject(new Error("no answer within 15 s")));
      const status = this.statusFor(before);
      this.clock.after(answers === "slow" ? SLOW_MS : 1, () => {
        if (process.cutOff) return;
        if (status === 200) this.handled.push({ id, at: this.clock.now });
        after(1, () => resolve({ status, body: "" }));
      });
    });
  }

  private statusFor(before: number): number {
    const { answers } = this.planned;
    if (this.gone) return 410;
    if (answers === "rejects") return 422;
    return answers === "fails" && before < 2 ? 503 : 200;
  }
}

function consumerMessage({ body, ...message }: ReceivedMessage): ConsumerMessage {
  const webhook = JSON.parse(body) as Webhook;
  const { messageId, receiptHandle, group, deduplicationId: id, receiveCount } = message;
  return {
    ...{ messageId, receiptHandle, body, group, receiveCount, deduplicationId: id },
    recordKey: recordKey(webhook.provider, keyOf(webhook)),
    s3Key: webhook.s3Key,
    sentAt: Date.parse(message.receivedAt),
  };
}

function idOf({ body }: Pick<Delivery, "body">): string {
  return nameOf(JSON.parse(body) as Webhook);
}
