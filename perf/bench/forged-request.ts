import type { APIGatewayProxyEvent } from "aws-lambda";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ingest as Ingest } from "../../functions/domain/ingest";
import type { IngestPorts } from "../../functions/domain/ingest-ports";
import type { toRequest as ToRequest } from "../../functions/ingest/http";
import type { Scheme, WebhookRequest } from "../../providers";
import { FORGED_NOW, type Target } from "../../tests/support/forged";
import { asDeployed } from "./as-deployed";

/** The code that is measured. */
export interface Ours {
  readonly ingest: typeof Ingest;
  readonly toRequest: typeof ToRequest;
  readonly schemes: Readonly<Record<string, Scheme>>;
}

/** Returns the code as it runs in Lambda. */
export function loadOurs(): Ours {
  return asDeployed({
    stdin: {
      contents: `export * from "./functions/domain/ingest"; export * from "./functions/ingest/http"; export { schemes } from "./providers";`,
      resolveDir: join(__dirname, "../.."),
      loader: "ts",
    },
  }) as Ours;
}

/** Bodies in base64, as API Gateway passes them; kept, since many requests have the same body. */
const encoded = new WeakMap<Buffer, string>();

function base64(body: Buffer): string {
  const known = encoded.get(body);
  if (known !== undefined) return known;
  const text = body.toString("base64");
  encoded.set(body, text);
  return text;
}

/**
 * Returns a handler that processes one forged request on the full path, from the event of API Gateway to the answer,
 * with test doubles for everything that would be called.
 * @param isDiagnosed whether the quarantine takes the request, so that the cause is looked for
 * @returns handler that returns whether the request was rejected. A request that repeats a genuine body is accepted if
 *   the scheme signs only a part of it; then it is not a forged request.
 */
export function rejecting(
  { ingest, toRequest, schemes }: Ours,
  { scheme: { id }, secrets, fetched }: Target,
  request: WebhookRequest,
  isDiagnosed: boolean,
): () => Promise<boolean> {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`there is no scheme ${id}`);
  let isStored = false;
  const never = () => {
    isStored = true;
    return Promise.reject(new Error("a forged request was stored"));
  };
  const ports: IngestPorts = {
    providers: new Map([["own", { name: "own", scheme, ...(request.url && { url: request.url }) }]]),
    secrets: { get: async () => secrets, refresh: async () => false, learn: async () => false },
    keys: { fetch: async () => fetched, refresh: async () => false },
    visit: never,
    payloads: { put: never, remove: never },
    records: { claim: never },
    queue: { send: never },
    rejected: { admits: () => isDiagnosed, keep: async () => false },
    now: () => FORGED_NOW,
    log: () => undefined,
  };
  const query: Record<string, string[]> = {};
  for (const [name, value] of request.parameters ?? Object.entries(request.query ?? {}))
    (query[name] ??= []).push(value);
  const event = {
    httpMethod: "POST",
    resource: "/webhook/own",
    multiValueHeaders: request.headers,
    multiValueQueryStringParameters: query,
    body: base64(request.body),
    isBase64Encoded: true,
    requestContext: { requestId: "r", identity: {}, path: "/webhook/own", domainName: "hooks.example.com" },
  } as unknown as APIGatewayProxyEvent;
  return async () => {
    const { status } = await ingest(toRequest(event), ports);
    if (status >= 400 && status < 500) return true;
    if (isStored) return false;
    throw new Error(`${id} answered ${status} to a forged request`);
  };
}

/** Returns the algorithm by which the scheme hashes the body, and a function that does so once for each secret. */
export function hashOf({ scheme: { verify }, secrets }: Target, body: Buffer) {
  const isSha512 =
    ("hash" in verify && verify.hash === "sha512") ||
    (verify.kind === "public-key" && verify.algorithm === "ed25519") ||
    (verify.kind === "custom" && /Ed25519|RS512/.test(verify.proof));
  const algorithm = isSha512 ? "sha512" : "sha256";
  const run = () => {
    secrets.forEach(() => createHash(algorithm).update(body).digest());
  };
  return { algorithm, run };
}

/** Returns milliseconds of processor time of all threads, without what other processes take meanwhile. */
export async function timed(work: () => unknown): Promise<number> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}
