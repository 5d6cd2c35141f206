import { describeError } from "../../functions/domain/errors";
import { parseLogLine, type ReadLine } from "../../functions/domain/log-line";
import type { Inbox } from "../connect";
import { hasPayload, readLoggedEvent } from "../logged-event";
import { searchLog, type LogLine, type Window } from "../logs";
import { RawPayloads, type PayloadObject } from "../payloads";
import { readRecord } from "../records/read";
import type { WebhookRecord } from "../records/record";
import { readDeliveries, type OrGap } from "./deliveries";
import { executionsOf, type Executions } from "./executions";
import type { Execution, PublishedEvent, Trace } from "./model";
import { matchingRules } from "./rules";
import {
  attemptSteps,
  consumerSteps,
  deadLetterSteps,
  deliveredStep,
  inOrder,
  operationStep,
  requestStepsOf,
  storedStep,
  type Logged,
} from "./steps";

/** Milliseconds around the times of a record within which its log lines are searched; logs arrive late. */
const BEFORE_MS = 30_000;
const AFTER_MS = 120_000;

/** Milliseconds between two times below which they are searched as one span. */
const ONE_SPAN_MS = 20 * 60_000;

/**
 * Reads everything known of one webhook; undefined if it has no record. Reports what cannot be read as a gap, and
 * returns the rest.
 */
export async function readTrace(inbox: Inbox, provider: string, key: string): Promise<Trace | undefined> {
  const webhook = await readRecord(inbox, provider, key);
  if (!webhook) return undefined;
  const { id } = webhook;
  const gaps: string[] = [];
  const orGap: OrGap = async (what, otherwise, read) =>
    read.catch((error: unknown) => {
      gaps.push(`${what}: ${describeError(error)}`);
      return otherwise;
    });

  const spans = spansOf(webhook);
  const search = async (group: string): Promise<readonly LogLine[]> =>
    (await Promise.all(spans.map((span) => searchLog(inbox, group, id, span)))).flat();
  const linesOf = async <E extends ReadLine["event"]>(
    functionName: string,
    event: E,
  ): Promise<Logged<E>[]> => {
    const found = await search(`/aws/lambda/${functionName}`);
    return found.flatMap(({ at, json }) => {
      const line = parseLogLine(json, event);
      return line && isAbout(line, webhook) ? [{ at, line }] : [];
    });
  };
  const { outputs } = inbox;
  const [received, processed, events, stored] = await Promise.all([
    orGap("The ingestion function's log", [], linesOf(outputs.ingestion_function_name, "webhook.received")),
    orGap(
      "The processing function's log",
      [],
      linesOf(outputs.processing_function_name, "webhook.processed"),
    ),
    orGap(
      "The events' log",
      [],
      search(outputs.event_log_group_name).then((found) =>
        found
          .map(({ at, json }) => ({ at, json: readLoggedEvent(json) }))
          .filter(({ json }) => isEventOf(json, provider, id)),
      ),
    ),
    orGap("The payload", undefined, readStored(inbox, webhook)),
  ]);

  const own = webhook.key === id ? events : eventsAmong(events, processed);
  const executions = await orGap("Executions", [], readExecutions(executionsOf(inbox), webhook, processed));
  const published = await orGap(
    "The bus",
    [],
    Promise.all(own.map((line) => toEvent(inbox, line, executions))),
  );
  const lines = processed.map(({ line }) => line);
  const deliveries = await orGap(
    "Deliveries to consumers",
    [],
    readDeliveries(inbox, webhook, { processed: lines, orGap }),
  );
  const steps = inOrder([
    ...requestStepsOf(webhook, received),
    ...(stored ? [storedStep(webhook, stored)] : []),
    ...attemptSteps(processed, executions),
    ...published.map(deliveredStep),
    ...deliveries.flatMap(consumerSteps),
    ...deadLetterSteps(webhook),
    ...webhook.operations.map(operationStep),
  ]);
  const traces = [...received, ...processed].map(({ line }) => line.trace);
  return {
    webhook,
    steps,
    executions,
    events: published,
    deliveries,
    xrayTraceIds: [...new Set(traces.filter((trace) => typeof trace === "string"))],
    gaps,
  };
}

/**
 * Returns the spans around the times that the record contains, so that the logs are searched no further than necessary.
 */
function spansOf(webhook: WebhookRecord): Window[] {
  const { receivedAt, lastReceivedAt, failedAt, publishedAt, deadLetteredAt, operations } = webhook;
  const times = [
    receivedAt,
    lastReceivedAt,
    failedAt,
    publishedAt,
    deadLetteredAt,
    ...operations.map(({ at }) => at),
  ]
    .map((time) => Date.parse(time ?? ""))
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => a - b);
  const spans: { from: number; to: number }[] = [];
  for (const time of times) {
    const last = spans.at(-1);
    if (last && time - last.to < ONE_SPAN_MS) last.to = time + AFTER_MS;
    else spans.push({ from: time - BEFORE_MS, to: time + AFTER_MS });
  }
  return spans;
}

async function readExecutions(
  source: Executions,
  webhook: WebhookRecord,
  processed: readonly Logged<"webhook.processed">[],
): Promise<Execution[]> {
  const when = new Map<string, number>();
  for (const { at, line } of processed) {
    if (line.executionArn !== undefined) when.set(line.executionArn, Date.parse(at));
  }
  const last = webhook.publishedAt ?? webhook.failedAt ?? webhook.receivedAt;
  if (webhook.executionArn !== undefined && !when.has(webhook.executionArn)) {
    when.set(webhook.executionArn, Date.parse(last));
  }
  const read = await Promise.all(
    [...when].map(([arn, at]) => source.read(arn, { from: at - AFTER_MS, to: at + AFTER_MS })),
  );
  return read
    .filter((execution) => execution !== undefined)
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

async function readStored(inbox: Inbox, { s3Key }: WebhookRecord): Promise<PayloadObject | undefined> {
  return s3Key === undefined ? undefined : new RawPayloads(inbox).describe(s3Key);
}

/** The workflow's state that puts events on the bus. */
const PUBLISHING_STATE = "PublishRun";

/** Selects the events of this webhook among those that share its id: they carry its time of receipt. */
function eventsAmong(
  events: readonly LogLine[],
  processed: readonly Logged<"webhook.processed">[],
): readonly LogLine[] {
  const times = new Set(processed.map(({ line }) => line.receivedAt));
  return events.filter(({ json }) => times.has(bodyOf(json).detail?.receivedat ?? ""));
}

/**
 * Returns whether a line is about a webhook. The line of a split request has the request's own key, and the ids of its
 * events.
 */
function isAbout(line: ReadLine, { provider, id, key }: WebhookRecord): boolean {
  if (line.provider !== provider) return false;
  if ((line.key ?? line.id) === key) return true;
  return line.event === "webhook.received" && (line.ids ?? []).includes(id);
}

/** Fields that are read of an event as EventBridge logs it. */
interface LoggedEvent {
  readonly source?: unknown;
  readonly resources?: readonly string[];
  readonly detail?: { readonly id?: unknown; readonly receivedat?: string };
}
const bodyOf = (json: LogLine["json"]): LoggedEvent => json;

function isEventOf(json: LogLine["json"], provider: string, id: string): boolean {
  const { detail, source } = bodyOf(json);
  return source === `webhook.${provider}` && detail?.id === id;
}

async function toEvent(
  inbox: Inbox,
  { at, json }: LogLine,
  executions: readonly Execution[],
): Promise<PublishedEvent> {
  // Takes the exact time from the execution that the event names: EventBridge reports whole seconds.
  const { resources } = bodyOf(json);
  const execution = executions.find(({ arn }) => resources?.includes(arn));
  const publishedAt = execution?.states.find(({ name }) => name === PUBLISHING_STATE)?.exitedAt;
  return {
    at: publishedAt ?? at,
    json: JSON.stringify(json),
    hasPayload: hasPayload(json),
    rules: await matchingRules(inbox, json),
  };
}
