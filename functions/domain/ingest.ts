import type { HandshakeAnswer, Scheme, Verdict, WebhookRequest } from "../../providers";
import {
  hasOpenHandshake,
  ConfigurationError,
  coverage,
  describingHeaders,
  entityOf,
  handshake,
  keyRequest,
  openHandshake,
  readEvent,
  signatureHeader,
  verify,
} from "../../providers";
import { json, problem, type Answer } from "./answer";
import { escapeInJson } from "./characters";
import { describeError } from "./errors";
import type { IngestPorts, RawPayload } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import { BY_ENTITY, orderingValue } from "./ordering-key";
import { isTooDeep } from "./nesting";
import { MAX_BODY_BYTES, mediaType, readPayload, readQuestion, type PayloadContent } from "./payload";
import { verifyTokenOf, type Provider } from "./provider";
import { quarantine } from "./quarantine";
import { isOperatorsMistake, SecretProblemError } from "./secret-problem";
import { admittedEvents, storeAll } from "./split";
import {
  deduplicationId,
  eventType,
  INLINE_LIMIT_BYTES,
  identityOf,
  inlineSize,
  keyOf,
  messageGroup,
  payloadKey,
  recordKey,
  type Webhook,
} from "./webhook";

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
  if (provider.onlyAtItsPath && request.pathProvider === undefined) {
    return refuse(404, `This provider is taken at /webhook/${provider.name} only.`);
  }
  facts["headers"] = safeHeaders(request.headers, describingHeaders(provider.scheme));

  if (request.body.length > MAX_BODY_BYTES) {
    return refuse(413, `The body has ${request.body.length} bytes; at most ${MAX_BODY_BYTES} are taken.`);
  }

  const signed = asProviderKnowsIt(request, provider);
  const question = await answerQuestion(signed, provider, ports).catch(asSecretProblem);
  if (question instanceof SecretProblemError) {
    // Not kept: who asks waits for the answer, and asks again.
    Object.assign(facts, { reason: question.reason, detail: question.message });
    return notReady(question, request);
  }
  if (question) {
    facts["handshake"] = true;
    return question;
  }
  if (request.method !== "POST")
    return refuse(400, "Webhooks come by POST, and this is no question that is answered here.");

  const verified = await verifyWithLiveSecrets(signed, provider, ports).catch(asSecretProblem);
  if (verified instanceof SecretProblemError) {
    const { reason, message: detail } = verified;
    const refused = { refusal: { reason, detail }, secrets: [], fetched: undefined };
    Object.assign(facts, { reason, detail }, await quarantine(signed, provider, refused, receivedAt, ports));
    return notReady(verified, request);
  }
  const { verdict, secrets, fetched } = verified;
  if (!verdict.ok) {
    const { reason, detail } = verdict;
    const refused = { refusal: verdict, secrets, fetched };
    Object.assign(facts, { reason, detail }, await quarantine(signed, provider, refused, receivedAt, ports));
    return refuse(401, REFUSALS[verdict.reason] ?? "The signature was not accepted.");
  }
  facts["secretIndex"] = verdict.secretIndex;
  const secret = secrets[verdict.secretIndex];

  const payload = readPayload(provider.scheme, signed);

  const asked = handshake(provider.scheme, signed, payload.value, secret === undefined ? [] : [secret]);
  if (asked) {
    facts["handshake"] = true;
    if (asked.visit !== undefined) await ports.visit(asked.visit);
    return plainAnswer(asked);
  }

  const { whole, events, notSplit } = admittedEvents(signed, provider, payload, verdict.timestamp);
  const { webhook, raw, group } = whole;
  const { id, key, type } = webhook;
  Object.assign(facts, { id, key, type, group, inline: travelsInline(webhook) });
  if (notSplit !== undefined) facts["notSplit"] = notSplit;
  const isSplit = events[0] !== whole;
  if (isSplit) facts["ids"] = events.map((event) => event.webhook.id);

  const outcome = await storeAll(events, receivedAt, ports);
  facts["outcome"] = outcome;
  const { success } = provider.scheme;
  if (success && (success.only ?? mediaType(raw.contentType)) === mediaType(raw.contentType))
    return demanded(success);
  const known = isSplit
    ? { id: events[0]?.webhook.id, events: events.length }
    : { id, ...(key !== undefined && { key }) };
  return outcome === "duplicate"
    ? json(200, { status: "duplicate", ...known })
    : json(202, { status: "accepted", ...known });
}

/** Gives a missing secret as a value. @throws every other error */
function asSecretProblem(error: unknown): SecretProblemError {
  if (error instanceof SecretProblemError) return error;
  throw error;
}

/** A verified webhook, ready to be stored. */
export interface Admitted {
  readonly webhook: Webhook;
  readonly raw: RawPayload;
  readonly group: string;
}

/**
 * What is stored and queued of a verified request.
 * @param signedAt when it was signed, milliseconds since the epoch, where its scheme says so
 */
export function admittedOf(
  request: IngestRequest,
  provider: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): Admitted {
  const webhook = describe(request, provider, payload, signedAt);
  const raw = {
    key: webhook.s3Key,
    body: request.body,
    ...payload.raw,
    eventId: webhook.id,
    eventType: webhook.type,
  };
  const group = messageGroup(provider.name, orderedBy(provider, request, payload.value));
  return { webhook, raw, group };
}

function travelsInline({ data, dataBase64 }: Webhook): boolean {
  return data !== undefined || dataBase64 !== undefined;
}

function describe(
  request: IngestRequest,
  { name, scheme, duplicates }: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): Webhook {
  const { requestId } = request;
  const event = readEvent(scheme, request, payload.value, { requestId, signedAt, duplicates });
  const identity = identityOf(event);
  const inline = inlined(payload);
  return {
    provider: name,
    ...identity,
    type: eventType(payload.type || event.type),
    ...(event.time !== undefined && { time: event.time }),
    ...(event.timeUnsigned && { timeUnsigned: true }),
    contentType: inline ? payload.contentType : referenceType(payload),
    size: request.body.length,
    s3Key: payloadKey(name, keyOf(identity), request.body),
    replay: 0,
    ...inline,
  };
}

/**
 * What of a payload travels in the message; undefined where it is too large and travels by reference. JSON that is nested
 * too deep for consumers travels as the base64 of its text.
 */
export function inlined({ data }: PayloadContent): Pick<Webhook, "data" | "dataBase64"> | undefined {
  const fields =
    "base64" in data
      ? { dataBase64: data.base64 }
      : isTooDeep(data.text)
        ? { dataBase64: Buffer.from(data.text).toString("base64") }
        : { data: escapeInJson(data.text) };
  return inlineSize(fields.data ?? fields.dataBase64) > INLINE_LIMIT_BYTES ? undefined : fields;
}

/** Media type of the stored bytes, to which a payload that is too large refers. */
function referenceType({ raw, contentType }: PayloadContent): string {
  if (raw.contentEncoding === "gzip" || contentType === "application/gzip") return "application/gzip";
  return mediaType(raw.contentType);
}

/** Bytes of a question that comes before anything is proved; the longest real ones have about 200. */
const MAX_QUESTION_BYTES = 4_096;

/**
 * The answer to a question that a sender asks before it signs anything, or undefined where the request is none. Of
 * what a stranger sends, no more is looked at than a question can hold.
 */
async function answerQuestion(
  request: WebhookRequest,
  provider: Provider,
  ports: IngestPorts,
): Promise<Answer | undefined> {
  const { scheme, name } = provider;
  if (!hasOpenHandshake(scheme, request.method) || request.body.length > MAX_QUESTION_BYTES) return undefined;
  const keyed = request.method === "GET";
  const answer = openHandshake(scheme, {
    request,
    payload: request.body.length === 0 ? undefined : readQuestion(request),
    secrets: keyed ? await ports.secrets.get(name) : [],
    verifyTokens: provider.hasVerifyToken ? await ports.secrets.get(verifyTokenOf(name)) : [],
  });
  if (answer?.learn === undefined) return answer && plainAnswer(answer);
  const learnt = provider.learnsSecret === true && (await ports.secrets.learn(name, answer.learn));
  return learnt ? plainAnswer(answer) : undefined;
}

function plainAnswer({ status, headers, body }: HandshakeAnswer): Answer {
  return { status, headers, body };
}

/** The answer that a sender insists on. */
function demanded({ status, body = "" }: NonNullable<Scheme["success"]>): Answer {
  return { status, headers: body === "" ? {} : { "content-type": "text/plain; charset=utf-8" }, body };
}

/**
 * Makes the webhook durable in all three places. Every attempt of the sender queues again under the same deduplication
 * id: that closes the window in which an earlier attempt died between record and queue. A payload that travels by
 * reference is there before the message that refers to it.
 */
export async function store(
  { webhook, raw: payload, group }: Admitted,
  receivedAt: number,
  ports: Pick<IngestPorts, "payloads" | "records" | "queue">,
): Promise<"new" | "duplicate"> {
  const raw = ports.payloads.put(payload);
  const message = { webhook, group, deduplicationId: deduplicationId(webhook), receivedAt };
  const queued = travelsInline(webhook)
    ? ports.queue.send(message)
    : raw.then(() => ports.queue.send(message));
  const claimed = ports.records.claim({
    key: recordKey(webhook.provider, keyOf(webhook)),
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

/** A verdict with what it was made by. */
export interface Verified {
  readonly verdict: Verdict;
  readonly secrets: readonly string[];
  readonly fetched: string | undefined;
}

/**
 * Verifies with the cached secrets and keys and, if none matches or one is malformed, once more with freshly read ones:
 * a secret that was rotated or fixed a second ago must not cost a webhook.
 * @throws SecretProblemError if there is no secret to verify with
 */
export async function verifyWithLiveSecrets(
  request: WebhookRequest,
  provider: Provider,
  ports: Pick<IngestPorts, "secrets" | "keys" | "now">,
): Promise<Verified> {
  const attempt = async () => {
    const secrets = await ports.secrets.get(provider.name);
    if (secrets.length === 0 && coverage(provider.scheme) !== "unsigned") {
      throw new SecretProblemError("secret_missing", `${provider.name} has no secret that has not expired`);
    }
    try {
      const wanted = keyRequest(provider.scheme, request, secrets);
      const fetched = wanted && (await ports.keys.fetch(wanted, provider.scheme.id));
      const verdict = verify(provider.scheme, request, secrets, ports.now(), fetched);
      return { verdict, wanted, secrets, fetched };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new SecretProblemError("secret_malformed", error.message, { cause: error });
    }
  };
  const first = await attempt().catch(asSecretProblem);
  if (first instanceof SecretProblemError) {
    if (first.reason === "secret_unreadable" || !(await ports.secrets.refresh(provider.name))) throw first;
    return attempt();
  }
  if (first.verdict.ok || first.verdict.reason !== "signature_mismatch") return first;
  const renewed = await Promise.all([
    ports.secrets.refresh(provider.name),
    first.wanted !== undefined && ports.keys.refresh(first.wanted, provider.scheme.id),
  ]);
  return renewed.includes(true) ? attempt() : first;
}

/** Headers that say what came and how, none of which can hold a signature or a credential. */
export const SAFE_HEADERS = [
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

/** @param own lower-cased names of further headers that are safe */
function safeHeaders(
  headers: WebhookRequest["headers"],
  own: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    [...new Set([...SAFE_HEADERS, ...own])].flatMap((name) => {
      const value = headers[name]?.join(", ");
      return value === undefined ? [] : [[name, value.slice(0, MAX_HEADER_LENGTH)]];
    }),
  );
}

/** What a sender may know of a refused signature; the operator's log holds the rest. */
const REFUSALS: Readonly<Partial<Record<Exclude<Verdict, { ok: true }>["reason"], string>>> = {
  header_missing: "A header that the signature needs is missing.",
  header_malformed: "A header that the signature needs is malformed.",
  body_malformed: "The body does not hold what the signature needs.",
  timestamp_outside_window: "The signature's timestamp is outside the accepted window.",
  signature_mismatch: "The signature does not match the body.",
};

/**
 * The request with the endpoint's address as the sender signs it. On `POST /webhook` the header `X-Webhook-Signature`
 * stands for the provider's own, which wins where it is present.
 */
export function asProviderKnowsIt(
  request: IngestRequest,
  { scheme, url = request.url }: Provider,
): IngestRequest {
  const addressed = url === undefined ? request : { ...request, url };
  if (request.pathProvider !== undefined) return addressed;
  const native = signatureHeader(scheme)?.toLowerCase();
  const carried = request.headers["x-webhook-signature"];
  if (native === undefined || carried === undefined || request.headers[native] !== undefined)
    return addressed;
  return { ...addressed, headers: { ...request.headers, [native]: carried } };
}

/** The value by which a webhook is ordered within its provider, if any. */
export function orderedBy(
  { scheme, orderingKey }: Pick<Provider, "scheme" | "orderingKey">,
  request: WebhookRequest,
  payload: unknown,
): string | undefined {
  return orderingKey === BY_ENTITY ? entityOf(scheme, request, payload) : orderingValue(payload, orderingKey);
}

function onlyValue(request: WebhookRequest, header: string): string | undefined {
  const values = request.headers[header];
  return values?.length === 1 ? values[0] : undefined;
}

/** Says nothing of what is wrong, and that it is not the request. */
function notReady({ reason }: SecretProblemError, request: IngestRequest): Answer {
  const detail = isOperatorsMistake(reason)
    ? "This endpoint is not ready for this provider yet: its operator has to finish the set-up. Send it again later."
    : "The webhook could not be verified at this moment. Send it again.";
  return problem(503, detail, request.requestId);
}

function unavailable(request: IngestRequest): Answer {
  return problem(503, "The webhook could not be stored. Send it again.", request.requestId);
}
