import type { Scheme, Verdict, WebhookRequest } from "../../providers";
import { handshake, readEvent, signatureHeader, verify } from "../../providers";
import { json, problem, type Answer } from "./answer";
import { describeError } from "./errors";
import { orderingValue } from "./ordering-key";
import { readPayload } from "./payload";
import {
  deduplicationId,
  eventId,
  eventType,
  INLINE_LIMIT_BYTES,
  inlineSize,
  messageGroup,
  payloadKey,
  recordKey,
  type Webhook,
} from "./webhook";

/** One configured sender. */
export interface Provider {
  readonly name: string;
  readonly scheme: Scheme;
  /** Dotted path into the payload whose value orders more finely than the provider alone. */
  readonly orderingKey?: string;
}

/** A request at the door, already free of the transport's shape. */
export interface IngestRequest extends WebhookRequest {
  /** Provider named by the path, or undefined on `POST /webhook`, where a header names it. */
  readonly pathProvider?: string;
  readonly requestId: string;
  /** Address of the sender. */
  readonly sourceIp?: string;
}

/** A raw payload to keep. */
export interface RawPayload {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly eventId: string;
  readonly eventType: string;
}

/** A webhook to claim in the table. */
export interface Claim {
  readonly key: string;
  readonly webhook: Webhook;
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** A message for the queue. */
export interface QueueMessage {
  readonly webhook: Webhook;
  readonly group: string;
  readonly deduplicationId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** What ingestion needs of the outside. Each call either takes effect durably or rejects. */
export interface IngestPorts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly secrets: {
    /** Live secrets of a provider, newest first; from a cache. */
    get(provider: string): Promise<readonly string[]>;
    /** Reads them anew, unless that was done a moment ago; the answer tells whether they were read. */
    refresh(provider: string): Promise<boolean>;
  };
  readonly payloads: { put(payload: RawPayload): Promise<void> };
  /** Writes the record where there is none, else leaves its status alone and counts the attempt. */
  readonly records: { claim(claim: Claim): Promise<"new" | "duplicate"> };
  readonly queue: { send(message: QueueMessage): Promise<void> };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One wide line per request. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/**
 * Largest payload taken. A function's request holds 6 MB, and the payload travels in it as base64 beside its headers.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_BODY_BYTES = 4_500_000;

/**
 * Takes one request: proves who sent it, stores it, queues it, and only then answers 2xx.
 * Never rejects: whatever fails becomes an answer that tells the sender to come again.
 */
export async function ingest(request: IngestRequest, ports: IngestPorts): Promise<Answer> {
  const startedAt = ports.now();
  const facts: Record<string, unknown> = {
    event: "webhook.received",
    requestId: request.requestId,
    receivedAt: new Date(startedAt).toISOString(),
    sourceIp: request.sourceIp,
    headers: safeHeaders(request.headers),
  };
  let answer: Answer;
  try {
    answer = await admit(request, ports, startedAt, facts);
  } catch (error) {
    facts["error"] = describeError(error);
    answer = unavailable(request);
  }
  ports.log({
    ...facts,
    status: answer.status,
    bytes: request.body.length,
    durationMs: ports.now() - startedAt,
  });
  return answer;
}

async function admit(
  request: IngestRequest,
  ports: IngestPorts,
  receivedAt: number,
  facts: Record<string, unknown>,
): Promise<Answer> {
  const refuse = (status: Parameters<typeof problem>[0], detail: string): Answer => {
    facts["detail"] ??= detail;
    return problem(status, detail, request.requestId);
  };

  const name = request.pathProvider ?? onlyValue(request, "x-webhook-provider");
  const provider = name === undefined ? undefined : ports.providers.get(name);
  if (!provider) return refuse(404, "No provider of this name is configured here.");
  facts["provider"] = provider.name;

  if (request.body.length > MAX_BODY_BYTES) {
    return refuse(413, `The body has ${request.body.length} bytes; at most ${MAX_BODY_BYTES} are taken.`);
  }

  const signed = withNativeSignature(request, provider.scheme);
  const verdict = await verifyWithLiveSecrets(signed, provider, ports);
  if (!verdict.ok) {
    facts["reason"] = verdict.reason;
    facts["detail"] = verdict.detail;
    return refuse(401, REFUSALS[verdict.reason] ?? "The signature was not accepted.");
  }
  facts["secretIndex"] = verdict.secretIndex;

  const payload = readPayload(signed);
  if (!payload.ok) return refuse(400, payload.detail);

  const handshakeAnswer = handshake(provider.scheme, signed, payload.value);
  if (handshakeAnswer) {
    facts["handshake"] = true;
    return handshakeAnswer;
  }

  const event = readEvent(provider.scheme, signed, payload.value);
  const id = eventId(event.id);
  const type = eventType(event.type);
  const webhook: Webhook = {
    provider: provider.name,
    id,
    type,
    ...(event.time !== undefined && { time: event.time }),
    contentType: payload.contentType,
    size: request.body.length,
    s3Key: payloadKey(provider.name, id, request.body),
    replay: 0,
    ...(inlineSize(payload.text) <= INLINE_LIMIT_BYTES && { data: payload.text }),
  };
  const group = messageGroup(provider.name, orderingValue(payload.value, provider.orderingKey));
  Object.assign(facts, { id, type, group, inline: webhook.data !== undefined });

  const outcome = await store(webhook, request.body, group, receivedAt, ports);
  facts["outcome"] = outcome;
  return outcome === "duplicate"
    ? json(200, { status: "duplicate", id })
    : json(202, { status: "accepted", id });
}

/**
 * Makes the webhook durable in all three places. Every attempt of the sender queues again under the same deduplication
 * id: that closes the window in which an earlier attempt died between record and queue. A payload that travels by
 * reference is there before the message that refers to it.
 */
async function store(
  webhook: Webhook,
  body: Buffer,
  group: string,
  receivedAt: number,
  ports: IngestPorts,
): Promise<"new" | "duplicate"> {
  const raw = ports.payloads.put({
    key: webhook.s3Key,
    body,
    contentType: webhook.contentType,
    eventId: webhook.id,
    eventType: webhook.type,
  });
  const message = { webhook, group, deduplicationId: deduplicationId(webhook), receivedAt };
  const queued =
    webhook.data === undefined ? raw.then(() => ports.queue.send(message)) : ports.queue.send(message);
  const claimed = ports.records.claim({
    key: recordKey(webhook.provider, webhook.id),
    webhook,
    group,
    receivedAt,
  });
  // All are waited for, also when one fails at once: a frozen function must not hold a call under way.
  const settled = await Promise.allSettled([raw, claimed, queued]);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return claimed;
}

/**
 * Verifies with the cached secrets and, where none matches, once more with freshly read ones:
 * a secret that was rotated a second ago must not cost a webhook.
 */
async function verifyWithLiveSecrets(
  request: WebhookRequest,
  provider: Provider,
  ports: IngestPorts,
): Promise<Verdict> {
  const verdict = verify(provider.scheme, request, await ports.secrets.get(provider.name), ports.now());
  if (verdict.ok || verdict.reason !== "signature_mismatch") return verdict;
  if (!(await ports.secrets.refresh(provider.name))) return verdict;
  return verify(provider.scheme, request, await ports.secrets.get(provider.name), ports.now());
}

/** Headers that say what came and how, none of which can hold a signature or a credential. */
const SAFE_HEADERS = [
  "content-length",
  "content-type",
  "user-agent",
  "webhook-id",
  "webhook-timestamp",
  "x-github-delivery",
  "x-github-event",
  "x-shopify-topic",
  "x-shopify-webhook-id",
  "x-slack-retry-num",
  "x-slack-retry-reason",
] as const;

/** Longest value of a header that is logged, in characters. */
const MAX_HEADER_LENGTH = 200;

function safeHeaders(headers: WebhookRequest["headers"]): Record<string, string> {
  return Object.fromEntries(
    SAFE_HEADERS.flatMap((name) => {
      const value = headers[name]?.join(", ");
      return value === undefined ? [] : [[name, value.slice(0, MAX_HEADER_LENGTH)]];
    }),
  );
}

/** What a sender may know of a refused signature; the operator's log holds the rest. */
const REFUSALS: Readonly<Partial<Record<Exclude<Verdict, { ok: true }>["reason"], string>>> = {
  header_missing: "A header that the signature needs is missing.",
  header_malformed: "A header that the signature needs is malformed.",
  timestamp_outside_window: "The signature's timestamp is outside the accepted window.",
  signature_mismatch: "The signature does not match the body.",
};

/** On `POST /webhook` the header `X-Webhook-Signature` stands for the provider's own, which wins where it is present. */
function withNativeSignature(request: IngestRequest, scheme: Scheme): IngestRequest {
  if (request.pathProvider !== undefined) return request;
  const native = signatureHeader(scheme).toLowerCase();
  const carried = request.headers["x-webhook-signature"];
  if (request.headers[native] !== undefined || carried === undefined) return request;
  return { ...request, headers: { ...request.headers, [native]: carried } };
}

function onlyValue(request: WebhookRequest, header: string): string | undefined {
  const values = request.headers[header];
  return values?.length === 1 ? values[0] : undefined;
}

function unavailable(request: IngestRequest): Answer {
  return problem(503, "The webhook could not be stored. Send it again.", request.requestId);
}
