import type { Scheme, Verdict, WebhookRequest } from "../../providers";
import { describingHeaders, handshake } from "../../providers";
import { json, problem, type Answer } from "./answer";
import { describeError } from "./errors";
import type { IngestPorts } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import { answerQuestion, plainAnswer } from "./open-handshake";
import { MAX_BODY_BYTES, mediaType, readPayload } from "./payload";
import { quarantine } from "./quarantine";
import { safeHeaders } from "./safe-headers";
import { isOperatorsMistake, SecretProblemError } from "./secret-problem";
import { asProviderKnowsIt } from "./signed-request";
import { admittedEvents } from "./split";
import { storeAll } from "./store";
import { asSecretProblem, verifyWithLiveSecrets } from "./verify-with-live-secrets";
import { travelsInline } from "./webhook-of-request";

/**
 * Takes one request: proves who sent it, stores it, queues it, and only then answers 2xx.
 * Never rejects: a failure becomes a response that asks the provider to retry.
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
    // Not quarantined: the provider is waiting for this response and retries.
    Object.assign(facts, { reason: question.reason, detail: question.message });
    return notReady(question, request);
  }
  if (question) {
    facts["handshake"] = true;
    return question;
  }
  if (request.method !== "POST")
    return refuse(
      400,
      "Webhooks must be sent by POST, and this is not a verification challenge of this provider.",
    );

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

/** Returns the success response that a provider requires. */
function demanded({ status, body = "" }: NonNullable<Scheme["success"]>): Answer {
  return { status, headers: body === "" ? {} : { "content-type": "text/plain; charset=utf-8" }, body };
}

/** What a provider may know of a rejected signature; the operator's log holds the rest. */
const REFUSALS: Readonly<Partial<Record<Exclude<Verdict, { ok: true }>["reason"], string>>> = {
  header_missing: "A header that the signature needs is missing.",
  header_malformed: "A header that the signature needs is malformed.",
  body_malformed: "The body does not hold what the signature needs.",
  timestamp_outside_window: "The signature's timestamp is outside the accepted window.",
  signature_mismatch: "The signature does not match the body.",
};

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
