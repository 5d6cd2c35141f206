import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { parseLogLine } from "../../functions/domain/log-line";
import { newestLines, searchLog } from "../logs";
import type { WebhookRecord } from "../records/record";
import { findById } from "../records/find";
import { liveSecrets } from "../../functions/domain/stored-secrets";
import { acceptedId, post, signedRequest, type SignedRequest } from "../operations/send";
import { coverage, schemeOf } from "../../providers";
import { secretStore } from "../secrets";
import { age } from "../text";
import type { StackProvider } from "../outputs";
import { ok, problem, unknown, warning, type Check, type Finding, type Patient } from "./finding";

/** Milliseconds that a webhook may take until it is published, and its event from then until it is in the log. */
const PUBLISHED_WITHIN_MS = 40_000;
const LOGGED_WITHIN_MS = 20_000;
/** Milliseconds that a line may take until it is in the ingestion function's log. */
const REASON_WITHIN_MS = 5_000;
const CLOCKS_APART_MS = 60_000;
const POLL_MS = 400;

const TYPE = "webhook-inbox.doctor";
const WHAT = "test webhook";

/** Sends a signed webhook through all stages: endpoint, queue, workflow, bus, event log. */
export const delivery: Check = {
  name: "delivery",
  async examine(patient) {
    if (!patient.options.send) return [unknown(WHAT, "not sent, as requested by --no-send")];
    const signed = await signedByAProvider(patient);
    if (!signed) {
      return [
        unknown(
          WHAT,
          "not sent: no configured provider has a shared secret that can be read here, and no allowedSourceRanges",
          "Name one with --provider, or use credentials that may read its secret.",
        ),
      ];
    }
    return [await deliver(signed, patient)];
  },
};

interface Signed {
  readonly provider: StackProvider;
  readonly url: string;
  readonly request: SignedRequest;
}

/** Returns the test webhook, signed for the provider that the options name or the first that can be signed for. */
async function signedByAProvider(patient: Patient): Promise<Signed | undefined> {
  const { outputs, options } = patient;
  const named = outputs.providers.filter(({ name }) => (options.provider ?? name) === name);
  for (const provider of named.filter(isSimple).filter(isTakenFromHere)) {
    const signed = await signedFor(provider, patient).catch(() => undefined);
    if (signed) return signed;
  }
  return undefined;
}

/** Returns whether the scheme signs the body with a shared secret, so that any JSON can be signed for it. */
function isSimple({ scheme: id }: StackProvider): boolean {
  const scheme = schemeOf(id);
  return scheme?.verify.kind === "hmac" && coverage(scheme) === "body";
}

/** Returns whether the provider accepts requests from this machine: it has no allowed source ranges. */
function isTakenFromHere({ allowedSourceRanges }: StackProvider): boolean {
  return allowedSourceRanges === undefined;
}

async function signedFor(provider: StackProvider, patient: Patient): Promise<Signed | undefined> {
  if (!provider.secret) return undefined;
  // Takes the oldest secret, which every running function knows: a new one reaches their caches after minutes.
  const secret = liveSecrets(await secretStore(provider.secret, patient.clients).read(), Date.now()).at(-1);
  if (secret === undefined) return undefined;
  const url = `${patient.outputs.api_endpoint}/${provider.name}`;
  const id = `doctor_${randomUUID()}`;
  // The names under which most schemes read id, type and time.
  const body = {
    id,
    type: TYPE,
    event: TYPE,
    event_id: id,
    event_type: TYPE,
    created_at: new Date().toISOString(),
  };
  const request = signedRequest({
    url,
    ...(provider.url !== undefined && { signedUrl: provider.url }),
    scheme: provider.scheme,
    secret,
    body: Buffer.from(JSON.stringify({ ...body, message: "Sent by `webhooks doctor`." })),
    id,
    type: TYPE,
  });
  return { provider, url, request };
}

async function deliver({ provider, url, request }: Signed, patient: Patient): Promise<Finding> {
  const { outputs } = patient;
  const { name } = provider;
  const sentAt = Date.now();
  const reply = await post(url, request.headers, request.body);
  const id = acceptedId(provider.scheme, request, reply);
  if (reply.status > 299 || id === undefined) {
    const fix =
      reply.status === 401
        ? `The stored secret of ${name} is not the one that the function uses yet (it is cached for five minutes), or its clock is wrong. See webhooks rejected list.`
        : "See the lines above, and the ingestion function's log.";
    const why = reply.status < 500 ? undefined : await reasonOf(provider, reply.status, sentAt, patient);
    const found = `${name}: rejected with ${reply.status}: ${(why ?? reply.body).slice(0, 300)}`;
    return problem(WHAT, found, fix);
  }
  const trace = `See where it is: webhooks trace ${id}`;
  const record = await polled(PUBLISHED_WITHIN_MS, async () => {
    const [found] = await findById(patient, [name], id);
    return found && found.status !== "received" ? found : undefined;
  });
  if (!record) {
    return problem(WHAT, `${name}: accepted, and not processed within ${age(PUBLISHED_WITHIN_MS)}`, trace);
  }
  if (record.status === "filtered")
    return ok(WHAT, `${name}: accepted, then dropped by the provider's filter`);
  if (record.status !== "published") {
    return problem(WHAT, `${name}: accepted, then ${record.status}: ${errorOf(record)}`, trace);
  }
  const publishedAfter = Date.now() - sentAt;
  const logged = await polled(LOGGED_WITHIN_MS, async () => {
    const window = { from: sentAt - 60_000, to: Date.now() + 60_000 };
    const lines = await searchLog(patient, outputs.event_log_group_name, id, window);
    return lines.length > 0 ? true : undefined;
  });
  return logged
    ? ok(WHAT, `${name}: ${reply.status}, published after ${age(publishedAfter)}, its event is in the log`)
    : warning(
        WHAT,
        `${name}: published after ${age(publishedAfter)}, but its event is not in ${outputs.event_log_group_name}`,
        "See webhooks status, which groups the undelivered events by rule and error; the log group's resource policy must let EventBridge write.",
      );
}

/** Returns the error behind ingestion's answer, which only its log contains; undefined if it is not found in time. */
async function reasonOf(
  provider: StackProvider,
  status: number,
  sentAt: number,
  patient: Patient,
): Promise<string | undefined> {
  const since = new Date(sentAt - CLOCKS_APART_MS).toISOString();
  return polled(REASON_WITHIN_MS, async () => {
    const lines = await newestLines(patient, `/aws/lambda/${patient.outputs.ingestion_function_name}`);
    return lines
      .flatMap(({ json }) => parseLogLine(json, "webhook.received") ?? [])
      .findLast(
        (line) => line.provider === provider.name && line.status === status && line.receivedAt > since,
      )?.error;
  }).catch(() => undefined);
}

function errorOf({ error }: WebhookRecord): string {
  return error ? `${error.code}: ${error.message.slice(0, 200)}` : "no error is recorded";
}

/** Polls `read` until it returns a value; undefined after a timeout in milliseconds. */
async function polled<T>(withinMs: number, read: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await read();
    if (found !== undefined || Date.now() > deadline) return found;
    await pause(POLL_MS);
  }
}
