import { INBOX } from "../../functions/domain/probe";
import type { Outcome, WebhookError, WorkflowItem, WorkflowRun } from "../../functions/domain/workflow";
import { Process, TimeoutError, type Calls } from "./calls";
import type { Clock } from "./clock";
import type { Deliveries } from "./deliveries";
import type { Call, Kind } from "./schedule";
import { nameOf } from "./sender";
import type { Payloads } from "./payloads";
import type { Item, Table } from "./table";

/** Timeouts and retries of the workflow and its tasks, as in statemachines/webhook-workflow.asl.json. */
const EXECUTION_TIMEOUT_MS = 20_000;
const TASK_TIMEOUT_MS = 2_000;
const SEND_TIMEOUT_MS = 1_000;
const RETRIES = {
  send: { fails: 0, timesOut: 0 },
  lookUp: { fails: 1, timesOut: 1 },
  lookUpAgain: { fails: 0, timesOut: 0 },
  publish: { fails: 2, timesOut: 0 },
  record: { fails: 3, timesOut: 1 },
} as const;
const RETRY_MS = 1_000;

/** An event on the bus. */
export interface Publication {
  /** Name of the event in the rules. */
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  /** Sequence number of its message in the queue. */
  readonly sequence: number;
  /** S3 key of a payload that is not in the event. */
  readonly dataref?: string;
  /** Whether the payload was stored when the event was published. */
  readonly resolvable: boolean;
  readonly group: string;
  readonly step: number;
  /** Time of publishing, in milliseconds since the epoch. */
  readonly at: number;
}

/** Fields of the payload of a webhook in the simulation. */
interface Payload {
  readonly kind: Kind;
  readonly account: string;
}

type Enriched =
  | { readonly status: "duplicate" | "filtered" | "ready" | "busy" }
  | { readonly status: "failed"; readonly error: WebhookError; readonly transient: false };

type LookUp = readonly (Item | undefined)[] | "unread";

type Entry = { readonly errorCode?: string };

/** The Express workflow, state by state, with the bus that it publishes to. */
export class Workflow {
  readonly publications: Publication[] = [];
  /** Number of failures of each webhook. */
  readonly attempts = new Map<string, number>();
  /** Webhooks that the bus rejected while it took the ones behind them. */
  readonly rejected = new Set<string>();
  private executions = 0;

  constructor(
    private readonly clock: Clock,
    private readonly calls: Calls,
    private readonly table: Table,
    private readonly payloads: Payloads,
    private readonly consumers: readonly Deliveries[] = [],
  ) {}

  /** Starts an execution, which continues even if its starter dies. */
  execute(items: readonly WorkflowItem[]): Promise<WorkflowRun> {
    this.executions += 1;
    const endsAt = this.clock.now + EXECUTION_TIMEOUT_MS;
    const executionArn = `arn:execution:${this.executions}`;
    return new Promise((resolve) => {
      const fail = (code: string): void => {
        this.countAttempt(idsOf(items));
        const error = { code, message: "The execution failed." };
        this.clock.wake(() => resolve({ status: "failed", executionArn, error }));
      };
      const execution = new Process(() =>
        fail(this.clock.now >= endsAt ? "States.Timeout" : "ExecutionAborted"),
      );
      let over = false;
      this.clock.after(EXECUTION_TIMEOUT_MS, () => {
        if (over || !execution.alive) return;
        this.calls.hit("workflow.deadline", "dies-after", idsOf(items));
        execution.die({ cutOff: false });
      });
      this.states(execution, items)
        .then((outcomes) => resolve({ status: "succeeded", executionArn, outcomes }))
        .catch((error: unknown) => fail(error instanceof ExecutionError ? error.code : "States.TaskFailed"))
        .finally(() => (over = true));
    });
  }

  /**
   * Counts an attempt only if the webhook is alone in its execution: one that fails with others is attempted again
   * alone.
   */
  countAttempt(ids: readonly string[]): void {
    const [only, ...others] = ids;
    if (only !== undefined && others.length === 0)
      this.attempts.set(only, (this.attempts.get(only) ?? 0) + 1);
  }

  private async states(execution: Process, items: readonly WorkflowItem[]): Promise<readonly Outcome[]> {
    const ids = idsOf(items);
    const lookUp = (retries: typeof RETRIES.lookUp | typeof RETRIES.lookUpAgain) =>
      this.task(execution, "workflow.lookUp", retries, ids, {
        effect: (): LookUp => items.map(({ recordKey }) => this.table.items.get(recordKey)),
        partialEffect: (): LookUp => "unread",
      });
    let records = await lookUp(RETRIES.lookUp);
    const enrichAll = () =>
      items.map((item, index) => this.enrich(item, records === "unread" ? undefined : records[index]));
    if (enrichAll().some(({ status }) => status === "failed")) records = await lookUp(RETRIES.lookUpAgain);
    if (records === "unread") throw new ExecutionError("RecordsNotRead");

    const enriched = enrichAll();
    if (enriched.some(({ status }) => status === "busy")) await new Promise(() => {});
    const firstFailed = enriched.findIndex(({ status }) => status === "failed");
    const end = firstFailed === -1 ? items.length : firstFailed;
    const run = [...items.keys()].filter((index) => index < end && enriched[index]?.status === "ready");
    const forConsumers = run.map((index) => items[index]!).filter(({ provider }) => provider !== INBOX);
    await this.sendToConsumers(execution, forConsumers);
    const entries = run.length > 0 ? await this.publish(execution, run, items) : [];
    const published = new Map(run.map((index, position) => [index, entries[position]]));

    const outcomes = items.map((item, index): Outcome => {
      const one = enriched[index]!;
      const failed = (error: WebhookError, transient: boolean): Outcome => {
        if (!transient) this.countAttempt([nameOf(item)]);
        const attempts = (records[index]?.failures ?? 0) + (transient ? 0 : 1);
        return { status: "failed", error, transient, attempts };
      };
      if (one.status === "failed") return failed(one.error, false);
      if (one.status === "busy") throw new Error("an execution that is busy has no outcomes");
      if (one.status !== "ready") return { status: one.status };
      const entry = published.get(index);
      if (!entry) return { status: "held" };
      if (entry.errorCode === undefined) return { status: "published" };
      const error = { code: entry.errorCode, message: "The bus rejected the entry." };
      return failed(error, entry.errorCode !== "MalformedDetail");
    });
    await this.record(execution, items, outcomes);
    return outcomes;
  }

  /** Runs a branch for each consumer, which sends one message after the other. A branch that fails stops the others. */
  private async sendToConsumers(execution: Process, items: readonly WorkflowItem[]): Promise<void> {
    let failed = false;
    const branch = async (consumer: Deliveries) => {
      for (const item of items) {
        if (failed) return;
        const ids = [nameOf(item)];
        const effects = { effect: () => consumer.take(item), timeoutMs: SEND_TIMEOUT_MS };
        await this.task(execution, "consumers.send", RETRIES.send, ids, effects);
      }
    };
    try {
      await Promise.all(this.consumers.map(branch));
    } catch (error) {
      failed = true;
      throw error;
    }
  }

  private enrich(item: WorkflowItem, record: Item | undefined): Enriched {
    if (this.table.isDuplicate(record, item.replay)) return { status: "duplicate" };
    if (item.data === undefined) return { status: "ready" };
    const { kind } = JSON.parse(item.data) as Payload;
    if (kind === "filtered") return { status: "filtered" };
    if (kind === "breaks-clock") return { status: "busy" };
    if (kind === "breaks-transform") {
      const error = { code: "States.QueryEvaluationError", message: "The transform failed." };
      return { status: "failed", error, transient: false };
    }
    if (kind === "breaks-execution") {
      throw new ExecutionError("States.DataLimitExceeded");
    }
    return { status: "ready" };
  }

  /** Publishes entry by entry, as PutEvents does: entries behind a rejected one are still on the bus. */
  private publish(execution: Process, run: readonly number[], items: readonly WorkflowItem[]) {
    const take = (rejectedPosition?: number): readonly Entry[] =>
      run.map((index, position): Entry => {
        const item = items[index]!;
        const malformed = item.data?.includes('"breaks-contract"') === true;
        if (malformed || position === rejectedPosition) {
          this.rejected.add(nameOf(item));
          return { errorCode: malformed ? "MalformedDetail" : "ThrottlingException" };
        }
        if (item.provider !== INBOX) this.publications.push(this.event(item));
        return {};
      });
    return this.task(
      execution,
      "workflow.publish",
      RETRIES.publish,
      run.map((index) => nameOf(items[index]!)),
      { effect: () => take(), partialEffect: () => take(Math.floor((run.length - 1) / 2)) },
    );
  }

  private event(item: WorkflowItem): Publication {
    const { provider, type, sequence, data, s3Key } = item;
    return {
      id: nameOf(item),
      source: `webhook.${provider}`,
      detailType: type,
      sequence: Number(sequence),
      ...(data === undefined && { dataref: s3Key }),
      resolvable: data !== undefined || this.payloads.get(s3Key) !== undefined,
      group: provider,
      step: this.calls.step(),
      at: this.clock.now,
    };
  }

  private async record(execution: Process, items: readonly WorkflowItem[], outcomes: readonly Outcome[]) {
    const updates = items.flatMap((item, index) => {
      const { recordKey, replay } = item;
      const outcome = outcomes[index]!;
      const { status } = outcome;
      const transient = outcome.status === "failed" && outcome.transient;
      return status === "held" || status === "duplicate"
        ? []
        : [{ recordKey, id: nameOf(item), replay, status, transient }];
    });
    if (updates.length === 0) return;
    await this.task(
      execution,
      "workflow.record",
      RETRIES.record,
      updates.map(({ id }) => id),
      {
        effect: () => {
          for (const { recordKey, status, replay, transient } of updates)
            this.table.recordOutcome(recordKey, status, replay, transient);
        },
      },
    );
  }

  /** Runs a Task state with its Retry, which depends on the kind of error and has full jitter. */
  private async task<T>(
    execution: Process,
    call: Call,
    retries: { readonly fails: number; readonly timesOut: number },
    ids: readonly string[],
    effects: { readonly effect: () => T; readonly partialEffect?: () => T; readonly timeoutMs?: number },
  ): Promise<T> {
    const left = { ...retries };
    for (;;) {
      try {
        return await this.calls.make(execution, call, { ids, timeoutMs: TASK_TIMEOUT_MS, ...effects });
      } catch (error) {
        const kind = error instanceof TimeoutError ? "timesOut" : "fails";
        if (left[kind] === 0) throw error;
        left[kind] -= 1;
        await this.clock.sleep((RETRY_MS * this.calls.latency()) / 60);
      }
    }
  }
}

class ExecutionError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

function idsOf(items: readonly WorkflowItem[]): readonly string[] {
  return items.map(nameOf);
}
