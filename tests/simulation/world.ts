import { ingest } from "../../functions/domain/ingest";
import type { IngestPorts } from "../../functions/domain/ingest-ports";
import { type Delivery, type ReceivedMessage } from "../../functions/domain/message";
import { processBatch } from "../../functions/domain/process";
import type { CallLimit, GroupPorts } from "../../functions/domain/group-ports";
import {
  pause,
  recover,
  type DeadLetter as QueuedDeadLetter,
  type DeadLetterScan,
  type RecoverPorts,
} from "../../functions/domain/recover";
import { isResumeMessage, resumeMessage, type PausePorts } from "../../functions/domain/pause";
import { resume, type ResumePorts } from "../../functions/domain/resume";
import type { Status } from "../../functions/domain/record";
import { EXECUTION_TIMED_OUT, type WorkflowItem, type WorkflowRun } from "../../functions/domain/workflow";
import { keyOf, recordKey, resumeDeduplicationId, type Webhook } from "../../functions/domain/webhook";
import { Consumer } from "./consumer";
import { Calls, Process, TimeoutError, type Hit, type Made } from "./calls";
import { Clock } from "./clock";
import { Deliveries, type ConsumerHistory, type DeliverVariant } from "./deliveries";
import { DeadLetterQueue, moved, sent } from "./dead-letters";
import { secrets } from "./secrets";
import { Held } from "./held";
import { Pauses } from "./pauses";
import { Payloads } from "./payloads";
import { FifoQueue, RESUMES, type StoredMessage } from "./queue";
import type { Call, Kind, Schedule } from "./schedule";
import { nameOf, namesOf, PROVIDER, SCHEME, sendingsOf, signedRequest, type Sending } from "./sender";
import { Table } from "./table";
import { Workflow, type Publication } from "./workflow";

const SECOND = 1_000;

/**
 * Settings with which components/webhook-queue.ts and components/node-function.ts deploy the queue and the function.
 */
const MAX_RECEIVE_COUNT = 3;
const FUNCTION_TIMEOUT_MS = 30 * SECOND;
const VISIBILITY_TIMEOUT_MS = 6 * FUNCTION_TIMEOUT_MS;
const BATCH_SIZE = 10;

/**
 * Milliseconds after which functions/adapters/clients.ts gives up: three attempts of 2.5 s by default, and one of 22 s
 * for the workflow.
 */
const CALL_TIMEOUT_MS = 7.5 * SECOND;
const WORKFLOW_CALL_TIMEOUT_MS = 22 * SECOND;
/** Milliseconds after which functions/adapters/signed-calls.ts gives up. */
const BREAKER_TIMEOUT_MS = 2.5 * SECOND;

const NOT_ANSWERED: WorkflowRun = {
  status: "failed",
  error: { code: EXECUTION_TIMED_OUT, message: "The execution did not answer." },
};

/** Seconds after each attempt until the provider retries; the last value also applies to all later attempts. */
const SENDER_RETRIES_AFTER = [5, 60, 400, 3_600] as const;
const SENDER_TIMEOUT_MS = 30 * SECOND;

/** Remaining time of an invocation below which the processor makes no further attempt. */
const LEAST_TIME_FOR_AN_ATTEMPT_MS = 9.5 * SECOND;

/** Interval of the recovery function. */
const RECOVERY_EVERY_MS = 60 * SECOND;

/**
 * Wait before Lambda's first retry of a throttled invocation. Lambda backs off, and gives up at the end of the
 * messages' visibility timeout. The intervals are not documented.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-backoff-strategy
 */
const FIRST_BACKOFF_MS = SECOND;

const MAX_EVENTS = 20_000;

/** Replacements of parts of the product, to plant a mistake; the other parts are the real ones. */
export interface Variant {
  readonly ingestPorts?: (ports: IngestPorts, table: Table) => IngestPorts;
  readonly groupPorts?: (ports: GroupPorts & PausePorts) => GroupPorts & PausePorts;
  readonly processBatch?: typeof processBatch;
  readonly deliverPorts?: DeliverVariant;
}

/** An event that was sent, with the id that it has in the whole history. */
export interface SentEvent {
  readonly id: string;
  readonly group: string;
  readonly kind: Kind;
  /** Name of the sending that it is part of. */
  readonly sending: string;
  /** Position in that sending. */
  readonly position: number;
}

/** An answer of the endpoint that the provider received. A request has one for each of its events. */
export interface Answered {
  readonly id: string;
  readonly status: number;
  readonly step: number;
  /** What was stored at the time of the answer. */
  readonly durable: { readonly payload: boolean; readonly record: boolean; readonly message: boolean };
}

export interface DeadLetter {
  readonly id: string;
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly how: "dead-lettered" | "redriven";
  readonly step: number;
  /** Error code of a webhook that the processor dead-lettered. */
  readonly errorCode?: string;
  /** Whether it was dead-lettered because its invocation had no time left for another attempt. */
  readonly hurried?: boolean;
}

/** Everything that happened, for the rules to judge. */
export interface History {
  readonly sendings: readonly string[];
  readonly webhooks: readonly SentEvent[];
  readonly answers: readonly Answered[];
  /** Sendings whose provider gave up, one entry for each time. */
  readonly givenUp: readonly string[];
  readonly messages: readonly StoredMessage[];
  readonly publications: readonly Publication[];
  readonly consumers: readonly ConsumerHistory[];
  /** Webhooks that were held while their provider was paused. */
  readonly held: ReadonlySet<string>;
  /** Start of the world, in milliseconds of its clock. */
  readonly startedAt: number;
  readonly deadLetters: readonly DeadLetter[];
  /**
   * Receipt handles of the messages that the recovery removed from the dead-letter queue, because it redrove them or
   * their webhooks were published or filtered.
   */
  readonly removed: ReadonlySet<string>;
  readonly statuses: ReadonlyMap<string, Status | undefined>;
  /** Number of failures of each webhook, by itself or with a service. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly rejected: ReadonlySet<string>;
  readonly hits: readonly Hit[];
  /** Message and receive (`m1/3`) of each delivery that a crash ended, whose answer was lost, or that was throttled. */
  readonly lostDeliveries: ReadonlySet<string>;
  /**
   * Message and receive of each delivery that was given back because its invocation had no time left for another
   * attempt.
   */
  readonly outlastedDeliveries: ReadonlySet<string>;
  /** Every call that was made, in order. */
  readonly calls: readonly Made[];
}

/** Runs a schedule against the real domain code, with everything around it in memory and in virtual time. */
export async function run(schedule: Schedule, variant: Variant = {}): Promise<History> {
  const world = new World(schedule, variant);
  return world.run();
}

class World {
  private readonly clock = new Clock();
  private readonly calls: Calls;
  private readonly table = new Table(this.clock);
  private readonly payloads = new Payloads();
  private readonly held = new Held();
  private readonly pauses = new Pauses();
  private readonly queue: FifoQueue;
  private readonly workflow: Workflow;
  private readonly consumers: readonly Deliveries[];

  private readonly sendings: readonly Sending[];
  private readonly webhooks = new Map<string, SentEvent>();
  /** Primary key of each event's record. */
  private readonly recordKeys = new Map<string, string>();
  /** Events whose payload is stored. */
  private readonly kept = new Set<string>();
  private readonly answers: Answered[] = [];
  private readonly givenUp: string[] = [];
  private readonly deadLetters: DeadLetter[] = [];
  private readonly lostDeliveries = new Set<string>();
  private readonly outlastedDeliveries = new Set<string>();
  /** The dead-letter queue, as the recovery reads it. */
  private readonly deadLetterQueue = new DeadLetterQueue(this.clock);
  private readonly consumer = new Consumer(this.clock, () => this.poll());
  private attempts = 0;
  private readonly startedAt: number;

  constructor(
    private readonly schedule: Schedule,
    private readonly variant: Variant,
  ) {
    this.sendings = sendingsOf(schedule.webhooks);
    this.calls = new Calls(this.clock, schedule);
    this.startedAt = this.clock.now;
    this.consumers = (schedule.consumers ?? []).map(
      (planned) => new Deliveries(this.clock, this.calls, planned, variant.deliverPorts),
    );
    this.workflow = new Workflow(this.clock, this.calls, this.table, this.payloads, this.consumers);
    this.queue = new FifoQueue(this.clock, () => this.calls.step(), {
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onRedrive: (message) => this.addDeadLetter(message.id, moved(message), "redriven"),
      onVisibleIn: (milliseconds) => this.clock.after(milliseconds, () => this.poll()),
    });
  }

  async run(): Promise<History> {
    for (const sending of this.sendings) {
      for (const at of sending.sentAt) this.clock.after(at, () => this.send(sending, 1));
    }
    this.planPause();
    await this.clock.run(MAX_EVENTS);
    // Run the recovery until nothing changes any more: messages that it redrives can be dead-lettered again.
    for (let before = -1; before !== this.deadLetters.length + this.deadLetterQueue.removed.size;) {
      before = this.deadLetters.length + this.deadLetterQueue.removed.size;
      this.lastScan = undefined;
      this.clock.after(0, () => this.recover());
      await this.clock.run(MAX_EVENTS);
    }
    const webhooks = [...this.webhooks.values()];
    return {
      sendings: this.sendings.map(({ name }) => name),
      webhooks,
      answers: this.answers,
      givenUp: this.givenUp,
      messages: this.queue.messages.filter(({ id }) => id !== RESUMES),
      publications: this.workflow.publications,
      consumers: this.consumers,
      startedAt: this.startedAt,
      held: this.held.ids,
      deadLetters: this.deadLetters.filter(({ id }) => id !== RESUMES),
      removed: this.deadLetterQueue.removed,
      statuses: new Map(webhooks.map(({ id }) => [id, this.recordOf(id)?.status] as const)),
      attempts: this.workflow.attempts,
      rejected: this.workflow.rejected,
      hits: this.calls.hits,
      lostDeliveries: this.lostDeliveries,
      outlastedDeliveries: this.outlastedDeliveries,
      calls: this.calls.made,
    };
  }

  /** Makes one attempt of a provider, and plans the next ones until one is answered with 2xx. */
  private send(sending: Sending, attempt: number): void {
    this.attempts += 1;
    const request = signedRequest(sending, this.attempts);
    const ids = namesOf(sending, this.attempts);
    sending.events.forEach(({ group, kind }, position) => {
      const id = ids[position]!;
      this.webhooks.set(id, { id, group: `${PROVIDER}:g${group}`, kind, sending: sending.name, position });
    });
    let answered = false;
    const again = () => {
      answered = true;
      if (attempt >= this.schedule.patience) {
        this.givenUp.push(sending.name);
        return;
      }
      const wait = SENDER_RETRIES_AFTER[attempt - 1] ?? SENDER_RETRIES_AFTER[3];
      this.clock.after(wait * SECOND, () => this.send(sending, attempt + 1));
    };
    this.clock.after(SENDER_TIMEOUT_MS, () => {
      if (!answered) again();
    });

    const process = new Process();
    this.clock.wake(() => {
      void ingest(request, this.ingestPorts(process)).then(({ status }) =>
        this.calls
          .make(process, "ingest.answer", {
            ids,
            timeoutMs: CALL_TIMEOUT_MS,
            effect: () => {
              if (answered) return;
              if (status < 200 || status > 299) {
                again();
                return;
              }
              answered = true;
              const step = this.calls.step();
              for (const id of ids) this.answers.push({ id, status, step, durable: this.durable(id) });
            },
          })
          .catch(() => {}),
      );
    });
  }

  private recordOf(id: string) {
    return this.table.items.get(this.recordKeys.get(id) ?? "");
  }

  private durable(id: string): Answered["durable"] {
    return {
      payload: this.kept.has(id),
      record: this.recordOf(id) !== undefined,
      message: this.queue.messages.some((message) => message.id === id),
    };
  }

  private ingestPorts(process: Process): IngestPorts {
    const call = <T>(name: Call, webhook: Pick<Webhook, "id" | "data">, effect: () => T) =>
      this.calls.make(process, name, { ids: [nameOf(webhook)], timeoutMs: CALL_TIMEOUT_MS, effect });
    const provider = { name: PROVIDER, scheme: SCHEME, orderingKey: "account", split: true };
    const ports: IngestPorts = {
      providers: new Map([[PROVIDER, provider]]),
      secrets,
      keys: { fetch: async () => undefined, refresh: async () => false },
      visit: async () => {},
      payloads: {
        put: (payload) => {
          const event = { id: payload.eventId, data: payload.body.toString() };
          return call("payloads.put", event, () => {
            this.payloads.put(payload);
            this.kept.add(nameOf(event));
          });
        },
        remove: () => Promise.reject(new Error("nothing is erased here")),
      },
      records: {
        claim: (claim) =>
          call("records.claim", claim.webhook, () => {
            this.recordKeys.set(nameOf(claim.webhook), claim.key);
            return this.table.claim(claim);
          }),
      },
      queue: {
        send: (message) =>
          call("queue.send", message.webhook, () => {
            const { webhook } = message;
            this.recordKeys.set(nameOf(webhook), recordKey(PROVIDER, keyOf(webhook)));
            this.queue.send(message);
          }),
      },
      rejected: { admits: () => false, keep: async () => false },
      now: () => this.clock.now,
      log: () => {},
    };
    return this.variant.ingestPorts?.(ports, this.table) ?? ports;
  }

  private pollPending = false;

  private lastScan: DeadLetterScan | undefined;
  private recoveryPlanned = false;

  private planRecovery(): void {
    if (this.recoveryPlanned) return;
    this.recoveryPlanned = true;
    this.clock.after(RECOVERY_EVERY_MS, () => {
      this.recoveryPlanned = false;
      this.recover();
    });
  }

  /** Runs the recovery function, and plans its next run if there is something to do. */
  private recover(): void {
    // Forget the scan when the function dies: a new one reads the dead letters from the beginning.
    const died = () => {
      this.lastScan = undefined;
      this.planRecovery();
    };
    this.clock.wake(
      () =>
        void recover(this.recoverPorts(new Process(died)), this.lastScan).then((look) => {
          this.lastScan = look;
          if (this.consumer.state().pausedSince !== undefined || look.waiting) this.planRecovery();
          else if (this.pauses.any) void resume(this.resumePorts());
          if (this.pauses.any) this.planRecovery();
        }, died),
    );
  }

  private recoverPorts(process = new Process()): RecoverPorts {
    const { table, deadLetterQueue, consumer } = this;
    const call = <T>(name: Call, id: string, effect: () => T) =>
      this.calls.make(process, name, { ids: [id], timeoutMs: CALL_TIMEOUT_MS, effect });
    return {
      consumer: {
        state: async () => consumer.state(),
        rehearse: async () => {},
        pause: async (since) => {
          consumer.pause(since);
          this.planRecovery();
        },
        resume: async () => consumer.resume(),
      },
      workflow: { run: (items, limit) => this.startWorkflow(process, items, limit) },
      processor: { answers: async () => !this.isThrottled() },
      queue: {
        redrive: (deadLetter) =>
          call("queue.redrive", idOf(deadLetter), () => this.queue.redrive(deadLetter)),
      },
      deadLetters: {
        count: async () => deadLetterQueue.count(),
        isRead: async () => false,
        read: async function* () {
          yield* deadLetterQueue.read();
        },
        remove: (deadLetter) =>
          call("deadLetters.remove", idOf(deadLetter), () => deadLetterQueue.remove(deadLetter)),
      },
      records: {
        recordDeadLettered: async (webhook) => table.recordDeadLettered(webhook),
        noteRedrive: (webhook, messageId) =>
          call("records.noteRedrive", webhook.id, () => table.noteRedrive(webhook, messageId)),
      },
      now: () => this.clock.now,
      log: () => {},
    };
  }

  private planPause(): void {
    const { pause: planned } = this.schedule;
    if (!planned) return;
    const time = () => new Date(this.clock.now).toISOString();
    this.clock.after(planned.from, () => {
      this.pauses.write(PROVIDER, { state: "paused", since: time() });
    });
    this.clock.after(planned.until, () => {
      const { since = time() } = this.pauses.read().get(PROVIDER) ?? {};
      this.pauses.write(PROVIDER, { state: "resuming", since, resumedAt: time() });
      this.planRecovery();
    });
  }

  private resumePorts(): ResumePorts {
    return {
      pauses: {
        read: async () => this.pauses.read(),
        groups: async () => this.held.groups(),
        wake: async (provider, group, at) =>
          this.queue.wake(resumeMessage(provider), group, resumeDeduplicationId(group, at)),
        write: async (provider, pause, resumedAt) => this.pauses.write(provider, pause, { resumedAt }),
      },
      now: () => this.clock.now,
      log: () => {},
    };
  }

  private pausePorts(process: Process): PausePorts {
    const call = <T>(
      name: Call,
      effect: () => T,
      { timeoutMs }: CallLimit = { timeoutMs: CALL_TIMEOUT_MS },
      partialEffect?: () => T,
    ) =>
      this.calls.make(process, name, { ids: [], timeoutMs, effect, ...(partialEffect && { partialEffect }) });
    const { held } = this;
    return {
      pauses: {
        read: (limit) => call("pauses.read", () => this.pauses.states(), limit),
      },
      held: {
        add: ({ group }, messages, behind, limit) =>
          call(
            "held.add",
            () => held.add(group, messages, behind),
            limit,
            () => held.add(group, messages, behind, true),
          ),
        begin: (group, limit) => call("held.begin", () => held.begin(group), limit),
        finish: (group, done, from, begun, limit) =>
          call("held.finish", () => held.finish(group, done, from, begun), limit),
      },
    };
  }

  private isThrottled(): boolean {
    const { throttling } = this.schedule;
    const now = this.clock.now - this.startedAt;
    return throttling !== undefined && now >= throttling.from && now < throttling.until;
  }

  /** Receives messages soon after some are available, as the event source mapping does. */
  private poll(): void {
    if (this.pollPending || !this.consumer.reads) return;
    this.pollPending = true;
    let received: readonly ReceivedMessage[] = [];
    const again = () => {
      this.lose(received);
      this.pollPending = false;
      this.clock.after(SECOND, () => this.poll());
    };
    this.calls
      .make(new Process(again), "queue.receive", {
        ids: [],
        timeoutMs: CALL_TIMEOUT_MS,
        effect: () => {
          this.lose(received);
          this.pollPending = false;
          received = this.queue.receive(BATCH_SIZE);
          return received;
        },
      })
      .then((messages) => {
        if (messages.length > 0) this.invoke(messages);
      }, again);
  }

  /**
   * Invokes the function. While Lambda throttles it, the batch counts as received although the function does not run.
   */
  private invoke(messages: readonly ReceivedMessage[], backoffMs = FIRST_BACKOFF_MS): void {
    if (!this.isThrottled()) {
      this.process(messages);
      return;
    }
    this.clock.after(backoffMs, () => {
      if (messages.every((message) => this.queue.isHidden(message))) this.invoke(messages, backoffMs * 2);
      else this.lose(messages);
    });
  }

  private process(messages: readonly ReceivedMessage[]): void {
    const startedAt = this.clock.now;
    let over = false;
    const process = new Process(() => this.lose(messages));
    if (messages.some(({ body }) => body.includes("breaks-function"))) {
      process.die({ cutOff: true });
      return;
    }
    this.clock.after(FUNCTION_TIMEOUT_MS, () => {
      if (over || !process.alive) return;
      this.calls.hit("process.deadline", "dies-after", messages.map(idOf));
      process.die({ cutOff: false });
    });
    const ports = this.groupPorts(process, startedAt);
    void (this.variant.processBatch ?? processBatch)(messages, ports).then((unprocessed) => {
      if (!process.alive) return;
      over = true;
      const back = new Set(unprocessed);
      if (ports.remainingMs() < LEAST_TIME_FOR_AN_ATTEMPT_MS) {
        for (const { receiptHandle } of messages) this.outlastedDeliveries.add(receiptHandle);
      }
      this.finish(messages.filter(({ messageId }) => !back.has(messageId)));
    });
  }

  /** Deletes the messages that the function did not give back, as the event source mapping does. */
  private finish(done: readonly ReceivedMessage[]): void {
    if (done.length === 0) return;
    const ids = done.map(idOf);
    const remove = (some: readonly ReceivedMessage[]) => {
      for (const message of some) this.queue.delete(message);
    };
    this.calls
      .make(new Process(() => this.lose(done)), "queue.delete", {
        ids,
        timeoutMs: CALL_TIMEOUT_MS,
        effect: () => remove(done),
        partialEffect: () => {
          remove(done.slice(0, 1));
          throw new Error("deleted in part");
        },
      })
      .catch(() => this.lose(done));
  }

  private lose(messages: readonly ReceivedMessage[]): void {
    for (const { receiptHandle } of messages) this.lostDeliveries.add(receiptHandle);
  }

  /**
   * Starts an execution as the adapter of the workflow does: without an answer in time, the execution has timed out.
   */
  private async startWorkflow(
    process: Process,
    items: readonly WorkflowItem[],
    { timeoutMs }: CallLimit = { timeoutMs: WORKFLOW_CALL_TIMEOUT_MS },
  ): Promise<WorkflowRun> {
    const ids = items.map(nameOf);
    const givenUp = this.clock.now + timeoutMs;
    let started: Promise<WorkflowRun> | undefined;
    try {
      await this.calls.make(process, "workflow.start", {
        ids,
        timeoutMs,
        effect: () => {
          if (started) throw new Error("runs on after its starter has seen an error");
          started = this.workflow.execute(items);
        },
      });
    } catch (error) {
      if (!started) this.workflow.countAttempt(ids);
      if (error instanceof TimeoutError) return NOT_ANSWERED;
      throw error;
    }
    return new Promise((resolve) => {
      const once = (run: WorkflowRun) => {
        if (process.alive) this.clock.wake(() => resolve(run));
      };
      void started?.then(once);
      this.clock.after(Math.max(0, givenUp - this.clock.now), () => once(NOT_ANSWERED));
    });
  }

  private groupPorts(process: Process, startedAt: number): GroupPorts & PausePorts {
    const call = <T>(
      name: Call,
      ids: readonly string[],
      effect: () => T,
      { timeoutMs }: CallLimit = { timeoutMs: CALL_TIMEOUT_MS },
      partialEffect?: () => T,
    ) => this.calls.make(process, name, { ids, timeoutMs, effect, ...(partialEffect && { partialEffect }) });

    const ports: GroupPorts & PausePorts = {
      ...this.pausePorts(process),
      workflow: {
        run: (items, limit) => this.startWorkflow(process, items, limit),
      },
      queue: {
        retryAfter: (messages, seconds, limit) => {
          const change = (some: readonly Delivery[]) => {
            for (const message of some) this.queue.changeVisibility(message, seconds);
          };
          const changeSome = () => {
            change(messages.slice(0, 1));
            throw new Error("changed in part");
          };
          return call("queue.retryAfter", messages.map(idOf), () => change(messages), limit, changeSome);
        },
      },
      deadLetters: {
        send: (message, failure, limit) => {
          const hurried =
            ports.remainingMs() < LEAST_TIME_FOR_AN_ATTEMPT_MS || failure.error.code === "States.Timeout";
          const add = () =>
            this.addDeadLetter(idOf(message), sent(message, failure), "dead-lettered", {
              errorCode: failure.error.code,
              hurried,
            });
          return call("deadLetters.send", [idOf(message)], add, limit);
        },
      },
      records: {
        recordFailure: (webhook, _, transient, limit) =>
          call(
            "records.recordFailure",
            [nameOf(webhook)],
            () => this.table.recordFailure(webhook, transient),
            limit,
          ),
        recordDeadLettered: (webhook, _, limit) =>
          call(
            "records.recordDeadLettered",
            [nameOf(webhook)],
            () => this.table.recordDeadLettered(webhook),
            limit,
          ),
      },
      breaker: {
        open: (reason) =>
          call("breaker.open", [], () => this.clock.wake(() => void pause(reason, this.recoverPorts())), {
            timeoutMs: BREAKER_TIMEOUT_MS,
          }),
      },
      maxReceiveCount: MAX_RECEIVE_COUNT,
      remainingMs: () => startedAt + FUNCTION_TIMEOUT_MS - this.clock.now,
      sleep: async (milliseconds) => {
        await this.clock.sleep(milliseconds);
        if (!process.alive) await new Promise(() => {});
      },
      log: () => {},
    };
    return this.variant.groupPorts?.(ports) ?? ports;
  }

  private addDeadLetter(
    id: string,
    deadLetter: QueuedDeadLetter,
    how: DeadLetter["how"],
    facts: Pick<DeadLetter, "errorCode" | "hurried"> = {},
  ): void {
    const { messageId } = deadLetter;
    const receiptHandle = this.deadLetterQueue.add(deadLetter);
    if (receiptHandle === undefined) return;
    this.planRecovery();
    this.deadLetters.push({ id, messageId, receiptHandle, how, step: this.calls.step(), ...facts });
  }
}

function idOf({ body }: Pick<Delivery, "body">): string {
  if (isResumeMessage(body)) return RESUMES;
  return nameOf(JSON.parse(body) as Webhook);
}
