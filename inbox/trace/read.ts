import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound } from "@aws-sdk/client-s3";
import { describeError } from "../../functions/domain/errors";
import { deduplicationId } from "../../functions/domain/webhook";
import { executionsOf, type Executions } from "./executions";
import type { Inbox } from "../inbox";
import { searchLog, type LogLine, type Window } from "../logs";
import { DIFFERENCE, elapsed } from "./model";
import type { Execution, PublishedEvent, Step, Trace, WebhookRecord } from "./model";
import { readRecord } from "../records/read";
import { matchingRules } from "./rules";

/** Milliseconds around the times of a record in which its log lines lie; logs come a little late. */
const BEFORE_MS = 30_000;
const AFTER_MS = 120_000;

/** Times closer than this are searched for as one span. */
const ONE_SPAN_MS = 20 * 60_000;

/**
 * Everything known of one webhook, or undefined where there is no record of it. What cannot be read leaves a gap that
 * is told, and the rest stands.
 */
export async function readTrace(inbox: Inbox, provider: string, key: string): Promise<Trace | undefined> {
  const webhook = await readRecord(inbox, provider, key);
  if (!webhook) return undefined;
  const { id } = webhook;
  const gaps: string[] = [];
  const orGap = async <T>(what: string, otherwise: T, read: Promise<T>): Promise<T> =>
    read.catch((error: unknown) => {
      gaps.push(`${what}: ${describeError(error)}`);
      return otherwise;
    });

  const spans = spansOf(webhook);
  const lines = async (group: string, mine: (json: LogLine["json"]) => boolean) => {
    const found = await Promise.all(spans.map((span) => searchLog(inbox, group, id, span)));
    return found.flat().filter(({ json }) => mine(json));
  };
  // The line of a split request names the request's own key, and the ids of its events beside it.
  const ofWebhook = (json: LogLine["json"]) =>
    json["provider"] === provider &&
    ((json["key"] ?? json["id"]) === key || (Array.isArray(json["ids"]) && json["ids"].includes(id)));
  const { outputs } = inbox;
  const [received, processed, events, stored] = await Promise.all([
    orGap(
      "The ingestion function's log",
      [],
      lines(`/aws/lambda/${outputs.ingestion_function_name}`, ofWebhook),
    ),
    orGap(
      "The processing function's log",
      [],
      lines(`/aws/lambda/${outputs.processing_function_name}`, ofWebhook),
    ),
    orGap(
      "The events' log",
      [],
      lines(outputs.event_log_group_name, (json) => isEventOf(json, provider, id)),
    ),
    orGap("The payload", undefined, readStored(inbox, webhook)),
  ]);

  const own = webhook.key === id ? events : eventsAmong(events, processed);
  const executionsRead = executionsOf(inbox);
  const executions = await orGap("Executions", [], readExecutions(executionsRead, webhook, processed));
  const published = await orGap(
    "The bus",
    [],
    Promise.all(own.map((line) => toEvent(inbox, line, executions))),
  );
  const first = received.find(({ json }) => json["outcome"] === "new");
  const steps = [
    ...received.flatMap((line) => requestSteps(line, webhook, first)),
    ...(received.length === 0 ? [receivedStep(webhook)] : []),
    ...(stored ? [stored] : []),
    ...processed.map((line) => attemptStep(line, executions)),
    ...published.map(deliveredStep),
    ...deadLetterStep(webhook),
    ...webhook.operations.map((operation): Step => ({
      kind: operation.kind,
      at: operation.at,
      title:
        operation.kind === "replay"
          ? `Replay ${operation.replay ?? ""} asked for`
          : "Sent again from the dead-letter queue",
      tone: "neutral",
      facts: {},
    })),
  ].sort((a, b) => (a.at === b.at ? ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) : a.at < b.at ? -1 : 1));
  const traces = [...received, ...processed].map(({ json }) => json["trace"]);
  return {
    webhook,
    steps,
    executions,
    events: published,
    xrayTraceIds: [...new Set(traces.filter((trace) => typeof trace === "string"))],
    gaps,
  };
}

/** The workflow's state that puts events on the bus. */
const PUBLISHING_STATE = "PublishRun";

/** Of what happened in the same millisecond, what comes first. */
const ORDER: readonly Step["kind"][] = [
  "request",
  "stored",
  "queued",
  "attempt",
  "published",
  "delivered",
  "dead-letter",
  "redrive",
  "replay",
];

/** Spans around the times that the record knows, so that no log is searched further than need be. */
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
  processed: readonly LogLine[],
): Promise<Execution[]> {
  const when = new Map<string, number>();
  for (const { at, json } of processed) {
    if (typeof json["executionArn"] === "string") when.set(json["executionArn"], Date.parse(at));
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

/** The raw payload of a webhook, byte for byte as it was received; undefined where it is gone. */
export async function readPayload(inbox: Inbox, { s3Key }: WebhookRecord): Promise<Buffer | undefined> {
  if (s3Key === undefined) return undefined;
  try {
    const { Body } = await inbox.clients.s3.send(
      new GetObjectCommand({ Bucket: inbox.outputs.s3_bucket_name, Key: s3Key }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function readStored(inbox: Inbox, { s3Key, receivedAt }: WebhookRecord): Promise<Step | undefined> {
  if (s3Key === undefined) return undefined;
  try {
    const { ContentLength, StorageClass } = await inbox.clients.s3.send(
      new HeadObjectCommand({ Bucket: inbox.outputs.s3_bucket_name, Key: s3Key }),
    );
    return {
      kind: "stored",
      // S3 tells whole seconds, and the newest of equal bytes; it was written while the request was answered.
      at: receivedAt,
      title: "Payload and record stored",
      tone: "good",
      facts: {
        "S3 object": `s3://${inbox.outputs.s3_bucket_name}/${s3Key}`,
        bytes: String(ContentLength ?? 0),
        ...(StorageClass && { "storage class": StorageClass }),
      },
    };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** @param first the line of the request that made the webhook, which a duplicate is compared with */
function requestSteps({ at, json }: LogLine, webhook: WebhookRecord, first: LogLine | undefined): Step[] {
  const status = Number(json["status"]);
  const when = text(json["receivedAt"]) ?? at;
  const outcome =
    json["outcome"] === "duplicate" ? "a duplicate" : status < 300 ? "accepted" : "not accepted";
  const headers = typeof json["headers"] === "object" && json["headers"] !== null ? json["headers"] : {};
  const request: Step = {
    kind: "request",
    at: when,
    title: `Request ${outcome}`,
    tone: status >= 400 ? "bad" : json["outcome"] === "duplicate" ? "neutral" : "good",
    facts: facts({
      answer: json["status"],
      from: json["sourceIp"],
      signature:
        json["secretIndex"] === undefined
          ? json["reason"]
          : `matches secret ${Number(json["secretIndex"]) + 1}`,
      bytes: json["bytes"],
      "took (ms)": json["durationMs"],
      "request id": json["requestId"],
      "X-Ray trace": json["trace"],
      ...headers,
      ...(json["outcome"] === "duplicate" && { [DIFFERENCE]: first && differenceTo(first.json, json) }),
      error: json["error"],
    }),
  };
  if (status >= 300) return [request];
  const queued: Step = {
    kind: "queued",
    at: when,
    title: json["outcome"] === "duplicate" ? "Queued again, under the same deduplication id" : "Queued",
    tone: "neutral",
    facts: facts({
      "message group": json["ids"] === undefined ? json["group"] : webhook.group,
      "deduplication id": deduplicationId({ ...webhook, replay: 0 }),
      payload: json["inline"] === false ? "by reference" : "inline",
    }),
  };
  return [request, queued];
}

/** Where two requests for one webhook differ in what the log tells of them. */
function differenceTo(first: LogLine["json"], later: LogLine["json"]): string {
  const told = (json: LogLine["json"]): Record<string, unknown> => ({
    ...Object(json["headers"]),
    bytes: json["bytes"],
    from: json["sourceIp"],
  });
  const [before, after] = [told(first), told(later)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.flatMap((name) => {
    const [one, other] = [before[name], after[name]].map((value) => String(value ?? "none"));
    return one === other ? [] : [`${name}: ${one} → ${other}`];
  });
  const passed = Date.parse(String(later["receivedAt"])) - Date.parse(String(first["receivedAt"]));
  return [
    `${elapsed(passed)} later`,
    ...(differing.length > 0 ? differing : ["no header that is logged"]),
  ].join("; ");
}

/** Where the log tells nothing of the request any more, the record does. */
function receivedStep({ receivedAt, attempts }: WebhookRecord): Step {
  return {
    kind: "request",
    at: receivedAt,
    title: "Request accepted",
    tone: "good",
    facts: { "requests in all": String(attempts) },
  };
}

function attemptStep({ at, json }: LogLine, executions: readonly Execution[]): Step {
  const status = text(json["status"]) ?? "";
  const error = json["error"] as { code?: string; message?: string } | undefined;
  const executionArn = text(json["executionArn"]);
  const titles: Readonly<Record<string, string>> = {
    published: "Published",
    filtered: "Filtered out",
    duplicate: "Left out: it is published already",
    failed: `Failed${typeof json["tries"] === "number" ? `, try ${json["tries"]}` : ""}`,
    held: "Held behind a failed one",
  };
  return {
    kind: status === "published" ? "published" : "attempt",
    // The line is written when the execution has ended.
    at: executions.find(({ arn }) => arn === executionArn)?.startedAt ?? at,
    title: titles[status] ?? status,
    tone: status === "failed" ? "bad" : status === "published" || status === "filtered" ? "good" : "neutral",
    facts: facts({
      replay: json["replay"],
      error: error && `${error.code}: ${error.message}`,
      "will pass by itself": json["transient"],
      "X-Ray trace": json["trace"],
    }),
    ...(executionArn !== undefined && { executionArn }),
  };
}

function deliveredStep({ at, rules }: PublishedEvent): Step {
  return {
    kind: "delivered",
    at,
    title: "On the bus",
    tone: rules.length > 0 ? "good" : "bad",
    facts: { "rules that match": rules.join(", ") || "none" },
  };
}

function deadLetterStep({ deadLetteredAt, error, failures }: WebhookRecord): Step[] {
  if (deadLetteredAt === undefined) return [];
  return [
    {
      kind: "dead-letter",
      at: deadLetteredAt,
      title: "Parked in the dead-letter queue",
      tone: "bad",
      facts: facts({ error: error && `${error.code}: ${error.message}`, failures }),
    },
  ];
}

/** Of events that share an id, those of the webhook with these tries: they bear the time at which it came in. */
function eventsAmong(events: readonly LogLine[], processed: readonly LogLine[]): readonly LogLine[] {
  const times = new Set(processed.map(({ json }) => json["receivedAt"]));
  return events.filter(({ json }) => times.has((json["detail"] as { receivedat?: unknown }).receivedat));
}

function isEventOf(json: LogLine["json"], provider: string, id: string): boolean {
  const { detail, source } = json as { detail?: { id?: unknown }; source?: unknown };
  return source === `webhook.${provider}` && detail?.id === id;
}

async function toEvent(
  inbox: Inbox,
  { at, json }: LogLine,
  executions: readonly Execution[],
): Promise<PublishedEvent> {
  // EventBridge tells whole seconds; the execution that it names tells when it published.
  const { resources } = json as { resources?: readonly string[] };
  const execution = executions.find(({ arn }) => resources?.includes(arn));
  const publishedAt = execution?.states.find(({ name }) => name === PUBLISHING_STATE)?.exitedAt;
  return {
    at: publishedAt ?? at,
    json: JSON.stringify(json),
    rules: await matchingRules(inbox, json),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function facts(known: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)]],
    ),
  );
}
