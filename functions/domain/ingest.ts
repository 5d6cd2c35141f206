import type { Scheme, Verdict, WebhookRequest } from "../../providers";
import { describingHeaders, handshake } from "../../providers";
import { json, problem, type Answer, type ProblemStatus } from "./answer";
import { describeError } from "./errors";
import type { IngestPorts } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import type { RequestFacts } from "./log-line";
import { handleChallenge, plainAnswer } from "./challenge";
import { MAX_BODY_BYTES, mediaType, readPayload } from "./payload";
import type { Provider } from "./provider";
import { quarantine } from "./quarantine";
import { safeHeaders } from "./safe-headers";
import { isOperatorsMistake, SecretProblemError } from "./secret-problem";
import { asProviderKnowsIt } from "./signed-request";
import { sourceNotAllowed } from "./source-ranges";
import { admittedEvents, type AdmittedRequest } from "./split";
import { storeAll } from "./store";
import { asSecretProblem, verifyWithLiveSecrets } from "./verify-with-live-secrets";
import { travelsInline } from "./webhook-of-request";

/**
 * Handles one request: verifies its provider, stores it, queues it, and only then answers 2xx. Never rejects: a failure
 * becomes a response that asks the provider to retry.
 */
export async function ingest(request: IngestRequest, ports: IngestPorts): Promise<Answer> {
  const startedAt = ports.now();
  const { answer, line } = await orRetry(request, {}, () => admit(request, ports, startedAt));
  ports.log({
    event: "webhook.received",
    requestId: request.requestId,
    receivedAt: new Date(startedAt).toISOString(),
    sourceIp: request.sourceIp,
    headers: safeHeaders(request.headers),
    ...line,
    status: answer.status,
    bytes: request.body.length,
    durationMs: ports.now() - startedAt,
  });
  return answer;
}

/** Response to a request, and the facts for its log line. */
interface Admission {
  readonly answer: Answer;
  readonly line: RequestFacts;
}

/**
 * Runs a step of handling a request. If it fails, asks the provider to retry and adds the error to the facts known
 * before.
 */
async function orRetry(
  request: IngestRequest,
  known: RequestFacts,
  step: () => Promise<Admission>,
): Promise<Admission> {
  try {
    const { answer, line } = await step();
    return { answer, line: { ...known, ...line } };
  } catch (error) {
    return { answer: unavailable(request), line: { ...known, error: describeError(error) } };
  }
}

async function admit(request: IngestRequest, ports: IngestPorts, receivedAt: number): Promise<Admission> {
  const name = request.pathProvider ?? onlyValue(request, "x-webhook-provider");
  const provider = name === undefined ? undefined : ports.providers.get(name);
  if (!provider) return rejected(request, 404, "No provider of this name is configured here.");
  if (provider.onlyAtItsPath && request.pathProvider === undefined) {
    const detail = `This provider is taken at /webhook/${provider.name} only.`;
    const { answer, line } = rejected(request, 404, detail);
    return { answer, line: { provider: provider.name, ...line } };
  }
  const headers = safeHeaders(request.headers, describingHeaders(provider.scheme));
  return orRetry(request, { provider: provider.name, headers }, () =>
    admitFrom(provider, request, ports, receivedAt),
  );
}

/** Answers the provider's challenge, or verifies the request and accepts it. */
async function admitFrom(
  provider: Provider,
  request: IngestRequest,
  ports: IngestPorts,
  receivedAt: number,
): Promise<Admission> {
  if (request.body.length > MAX_BODY_BYTES) {
    const detail = `The body has ${request.body.length} bytes; at most ${MAX_BODY_BYTES} are taken.`;
    return rejected(request, 413, detail);
  }

  const signed = asProviderKnowsIt(request, provider);
  const challenge = await handleChallenge(signed, provider, ports).catch(asSecretProblem);
  if (challenge instanceof SecretProblemError) {
    // Skip quarantine: the provider is waiting for this response and retries.
    const { reason, message: detail } = challenge;
    return { answer: notReady(challenge, request), line: { reason, detail } };
  }
  if (challenge) return { answer: challenge, line: { handshake: true } };
  if (request.method !== "POST") {
    const detail =
      "Webhooks must be sent by POST, and this is not a verification challenge of this provider.";
    return rejected(request, 400, detail);
  }

  const verified = await verifyWithLiveSecrets(signed, provider, ports).catch(asSecretProblem);
  if (verified instanceof SecretProblemError) {
    const { reason, message: detail } = verified;
    const evidence = { rejection: { reason, detail } };
    const quarantined = await quarantine(signed, provider, evidence, receivedAt, ports);
    return { answer: notReady(verified, request), line: { reason, detail, ...quarantined } };
  }
  const { verdict, secrets, fetched } = verified;
  if (!verdict.ok) {
    const { reason, detail } = verdict;
    const evidence = { rejection: verdict, secrets, fetched };
    const quarantined = await quarantine(signed, provider, evidence, receivedAt, ports);
    const { answer } = rejected(request, 401, REJECTIONS[reason] ?? "The signature was not accepted.");
    return { answer, line: { reason, detail, ...quarantined } };
  }
  const { secretIndex } = verdict;
  return orRetry(request, { secretIndex }, () =>
    accept(
      provider,
      signed,
      { secret: secrets[secretIndex], signedAt: verdict.timestamp },
      ports,
      receivedAt,
    ),
  );
}

/** Answers a signed challenge from any address, or stores and queues the events of a verified request. */
async function accept(
  provider: Provider,
  signed: IngestRequest,
  { secret, signedAt }: { readonly secret: string | undefined; readonly signedAt: number | undefined },
  ports: IngestPorts,
  receivedAt: number,
): Promise<Admission> {
  const payload = readPayload(provider.scheme, signed);

  const asked = handshake(provider.scheme, signed, payload.value, secret === undefined ? [] : [secret]);
  if (asked) {
    return orRetry(signed, { handshake: true }, async () => {
      if (asked.visit !== undefined) await ports.visit(asked.visit);
      return { answer: plainAnswer(asked), line: {} };
    });
  }

  const elsewhere = sourceNotAllowed(signed, provider);
  if (elsewhere) {
    const quarantined = await quarantine(signed, provider, { rejection: elsewhere }, receivedAt, ports);
    const detail = "Webhooks of this provider are not taken from the address that this one came from.";
    return { answer: rejected(signed, 403, detail).answer, line: { ...elsewhere, ...quarantined } };
  }

  const admitted = admittedEvents(signed, provider, payload, signedAt);
  const { whole, events, notSplit } = admitted;
  const { id, key, type } = whole.webhook;
  const known: RequestFacts = {
    ...{ id, key, type, group: whole.group, inline: travelsInline(whole.webhook) },
    ...(notSplit !== undefined && { notSplit }),
    ...(events[0] !== whole && { ids: events.map((event) => event.webhook.id) }),
  };
  return orRetry(signed, known, async () => {
    const outcome = await storeAll(events, receivedAt, ports);
    return { answer: stored(outcome, admitted, provider), line: { outcome } };
  });
}

/** Returns the response to a durable webhook: the one that the provider requires, or the inbox's own. */
function stored(
  outcome: "new" | "duplicate",
  { whole, events }: AdmittedRequest,
  { scheme: { success } }: Provider,
): Answer {
  const { webhook, raw } = whole;
  if (success && (success.only ?? mediaType(raw.contentType)) === mediaType(raw.contentType))
    return demanded(success);
  const { id, key } = webhook;
  const known =
    events[0] !== whole
      ? { id: events[0]?.webhook.id, events: events.length }
      : { id, ...(key !== undefined && { key }) };
  return outcome === "duplicate"
    ? json(200, { status: "duplicate", ...known })
    : json(202, { status: "accepted", ...known });
}

function rejected(request: IngestRequest, status: ProblemStatus, detail: string): Admission {
  return { answer: problem(status, detail, request.requestId), line: { detail } };
}

/** Returns the success response that a provider requires. */
function demanded({ status, body = "" }: NonNullable<Scheme["success"]>): Answer {
  return { status, headers: body === "" ? {} : { "content-type": "text/plain; charset=utf-8" }, body };
}

/** What the provider may learn about a rejected signature; the operator's log has the details. */
const REJECTIONS: Readonly<Partial<Record<Exclude<Verdict, { ok: true }>["reason"], string>>> = {
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

/** Returns a response that reveals nothing of the problem but says that the request is not its cause. */
function notReady({ reason }: SecretProblemError, request: IngestRequest): Answer {
  const detail = isOperatorsMistake(reason)
    ? "This endpoint is not ready for this provider yet: its operator has to finish the set-up. Send it again later."
    : "The webhook could not be verified at this moment. Send it again.";
  return problem(503, detail, request.requestId);
}

function unavailable(request: IngestRequest): Answer {
  return problem(503, "The webhook could not be stored. Send it again.", request.requestId);
}
