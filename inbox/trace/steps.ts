import type { ReadLine, ReceivedLine } from "../../functions/domain/log-line";
import { deduplicationId } from "../../functions/domain/webhook";
import type { PayloadObject } from "../payloads";
import type { Operation } from "../../functions/domain/record";
import type { WebhookRecord } from "../records/record";
import type { ConsumerDelivery } from "./deliveries";
import { DIFFERENCE, elapsed, type Execution, type PublishedEvent, type Step } from "./model";

/** Order of steps that happened in the same millisecond. */
const ORDER: readonly Step["kind"][] = [
  "request",
  "stored",
  "queued",
  "attempt",
  "published",
  "delivered",
  "consumer",
  "dead-letter",
  "release",
  "redrive",
  "discard",
  "replay",
  "erase",
];

/** A line of a function's log. */
export interface Logged<E extends ReadLine["event"]> {
  /** When it was written, RFC 3339. */
  readonly at: string;
  readonly line: Extract<ReadLine, { event: E }>;
}
type Received = Logged<"webhook.received">;
type Processed = Logged<"webhook.processed">;

/** Sorts steps by time. */
export function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort(
    (a, b) => Number(a.at > b.at) - Number(a.at < b.at) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind),
  );
}

/** Returns the steps of each request for the webhook, by the lines of the ingestion function. */
export function requestStepsOf(webhook: WebhookRecord, received: readonly Received[]): readonly Step[] {
  if (received.length === 0) return [receivedStep(webhook)];
  const first = received.find(({ line }) => line.outcome === "new");
  return received.flatMap((logged) => requestSteps(logged, webhook, first?.line));
}

/**
 * Returns the step of storing, at the time of receipt: S3 has whole seconds, and the time of the newest of equal bytes.
 */
export function storedStep({ receivedAt }: WebhookRecord, { uri, bytes, storageClass }: PayloadObject): Step {
  return {
    kind: "stored",
    at: receivedAt,
    title: "Payload and record stored",
    tone: "good",
    facts: { "S3 object": uri, bytes: String(bytes), ...(storageClass && { "storage class": storageClass }) },
  };
}

/** Returns the steps of each attempt to process the webhook, by the lines of the processing function. */
export function attemptSteps(
  processed: readonly Processed[],
  executions: readonly Execution[],
): readonly Step[] {
  return processed.map((logged) => attemptStep(logged, executions));
}

/** Returns the step of an operation that a person requested. */
export function operationStep({ kind, at, replay, by, reason, consumer }: Operation): Step {
  const titles = {
    replay: `Replay ${replay ?? ""}${consumer === undefined ? "" : ` to ${consumer}`} requested`,
    redrive:
      consumer === undefined
        ? "Redriven from the dead-letter queue"
        : `Redriven to ${consumer} from its dead-letter queue`,
    release: "Released from the rejected requests",
    discard: `Discarded from the dead-letter queue${consumer === undefined ? "" : ` of ${consumer}`}`,
    erase: "Erased",
  };
  return {
    kind,
    at,
    title: titles[kind],
    tone: "neutral",
    facts: { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) },
  };
}

/** @param first the line of the request that made the webhook, which a duplicate is compared with */
function requestSteps({ line }: Received, webhook: WebhookRecord, first: ReceivedLine | undefined): Step[] {
  const { status, receivedAt: when } = line;
  const outcome = line.outcome === "duplicate" ? "a duplicate" : status < 300 ? "accepted" : "not accepted";
  const request: Step = {
    kind: "request",
    at: when,
    title: `Request ${outcome}`,
    tone: status >= 400 ? "bad" : line.outcome === "duplicate" ? "neutral" : "good",
    facts: facts({
      answer: line.status,
      from: line.sourceIp,
      signature: line.secretIndex === undefined ? line.reason : `matches secret ${line.secretIndex + 1}`,
      bytes: line.bytes,
      "took (ms)": line.durationMs,
      "request id": line.requestId,
      "X-Ray trace": line.trace,
      ...line.headers,
      ...(line.outcome === "duplicate" && { [DIFFERENCE]: first && differenceTo(first, line) }),
      error: line.error,
    }),
  };
  if (status >= 300) return [request];
  const queued: Step = {
    kind: "queued",
    at: when,
    title: line.outcome === "duplicate" ? "Queued again, under the same deduplication id" : "Queued",
    tone: "neutral",
    facts: facts({
      "message group": line.ids === undefined ? line.group : webhook.group,
      "deduplication id": deduplicationId({ ...webhook, replay: 0 }),
      payload: line.inline === false ? "by reference" : "inline",
    }),
  };
  return [request, queued];
}

/** Returns how two requests for one webhook differ in the log. */
function differenceTo(first: ReceivedLine, later: ReceivedLine): string {
  const compared = ({ headers, bytes, sourceIp }: ReceivedLine): Record<string, unknown> => ({
    ...headers,
    bytes,
    from: sourceIp,
  });
  const [before, after] = [compared(first), compared(later)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.flatMap((name) => {
    const [one, other] = [before[name], after[name]].map((value) => String(value ?? "none"));
    return one === other ? [] : [`${name}: ${one} → ${other}`];
  });
  const passed = Date.parse(later.receivedAt) - Date.parse(first.receivedAt);
  return [
    `${elapsed(passed)} later`,
    ...(differing.length > 0 ? differing : ["no header that is logged"]),
  ].join("; ");
}

/** Returns the step of the request by the record, for when its line in the log has expired. */
function receivedStep({ receivedAt, attempts }: WebhookRecord): Step {
  return {
    kind: "request",
    at: receivedAt,
    title: "Request accepted",
    tone: "good",
    facts: { "requests in all": String(attempts) },
  };
}

function attemptStep({ at, line }: Processed, executions: readonly Execution[]): Step {
  const { status = "", error, executionArn } = line;
  const titles: Readonly<Record<string, string>> = {
    published: "Published",
    filtered: "Filtered out",
    duplicate: "Left out: it is published already",
    failed: `Failed${line.attempts !== undefined ? `, attempt ${line.attempts}` : ""}`,
    held: "Held behind a failed one",
  };
  return {
    kind: status === "published" ? "published" : "attempt",
    // Prefers the time when the execution began: the line is written when it has ended.
    at: executions.find(({ arn }) => arn === executionArn)?.startedAt ?? at,
    title: titles[status] ?? status,
    tone: status === "failed" ? "bad" : status === "published" || status === "filtered" ? "good" : "neutral",
    facts: facts({
      replay: line.replay,
      error: error && `${error.code}: ${error.message}`,
      "will pass by itself": line.transient,
      consumers: line.consumers?.join(", "),
      undelivered: line.undelivered?.map(({ consumer, error: why }) => `${consumer}: ${why.code}`).join(", "),
      "X-Ray trace": line.trace,
    }),
    ...(executionArn !== undefined && { executionArn }),
  };
}

/** Returns the step of an event that reached the bus. */
export function deliveredStep({ at, rules }: PublishedEvent): Step {
  return {
    kind: "delivered",
    at,
    title: "Published to the bus",
    tone: rules.length > 0 ? "good" : "bad",
    facts: { "rules that match": rules.join(", ") || "none" },
  };
}

/** Returns the steps of a webhook's attempts at a consumer over HTTP; of the last one alone if the log has expired. */
export function consumerSteps({ consumer, replay, log, ...last }: ConsumerDelivery): Step[] {
  const attempts = log.length > 0 || last.at === undefined ? log : [last];
  return attempts.map((attempt): Step => {
    const { at = "", status, statusCode, error, durationMs, attempts: number, nextAt } = attempt;
    return {
      kind: "consumer",
      at,
      title:
        status === "delivered"
          ? `Delivered to ${consumer}`
          : `${statusCode === undefined ? `${consumer} was not reached` : `${consumer} answered ${statusCode}`}${status === "dead_lettered" ? ", dead-lettered" : ""}`,
      tone: status === "delivered" ? "good" : "bad",
      facts: facts({
        answer: statusCode,
        error,
        attempt: number,
        replay,
        "took (ms)": durationMs,
        "next attempt": nextAt,
      }),
    };
  });
}

/** Returns the step of being dead-lettered; none if the webhook was not. */
export function deadLetterSteps({ deadLetteredAt, error, failures }: WebhookRecord): Step[] {
  if (deadLetteredAt === undefined) return [];
  return [
    {
      kind: "dead-letter",
      at: deadLetteredAt,
      title: "Moved to the dead-letter queue",
      tone: "bad",
      facts: facts({ error: error && `${error.code}: ${error.message}`, failures }),
    },
  ];
}

function facts(known: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)]],
    ),
  );
}
