import type { APIGatewayProxyEvent } from "aws-lambda";
import { buildSync } from "esbuild";
import { createHash } from "node:crypto";
import Module from "node:module";
import { join } from "node:path";
import type { ingest as Ingest } from "../functions/domain/ingest";
import type { IngestPorts } from "../functions/domain/ingest-ports";
import type { toRequest as ToRequest } from "../functions/ingest/http";
import type { Scheme, WebhookRequest } from "../providers";
import { FORGED_NOW, shapes, targets, type Target } from "../tests/helpers/forged";
import type { Bench, Figure } from "./figure";

/** Bytes of the bodies: the largest that is taken, and those at which limits are. */
const SIZES = [4_500_000, 1_000_000, 256 * 1024];

/**
 * Milliseconds below which hashing a body counts as so many: about what the runtime spends on an invocation before and
 * after our code. Without a floor the rule would be about the cost of a function call.
 */
const FLOOR_MS = 2;

/** What a forged request may cost, in hashes of its body. */
const MOST_HASHES = 3;

/** Milliseconds that one may cost, looked into or not. */
const MOST_MS = 50;

/** Measurements that decide; the least of them counts, since all that a machine does meanwhile adds to it. */
const FEW = 1;
const MANY = 12;

interface Worst {
  readonly scheme: string;
  readonly shape: string;
  readonly size: number;
  readonly ms: number;
  readonly hashes: number;
}

let worst: { readonly plain: readonly Worst[]; readonly diagnosed: readonly Worst[] } | undefined;

/**
 * What a stranger costs: every shape of forged request against every scheme, from the event of API Gateway to the
 * answer, beside hashing the same body as often as there are secrets.
 */
export const forgedFigures: readonly Figure[] = [
  {
    name: "forged",
    title: `a forged request against hashing its body (at least ${FLOOR_MS} ms), worst shape of each scheme`,
    unit: "times its cost",
    target: { atMost: MOST_HASHES },
    measure: async (bench) => [most((await measured(bench)).plain, ({ hashes }) => hashes)],
  },
  {
    name: "forged-ms",
    title: "a forged request, worst shape of all schemes, processor time",
    unit: "ms",
    target: { atMost: MOST_MS },
    measure: async (bench) => [most((await measured(bench)).plain, ({ ms }) => ms)],
  },
  {
    name: "forged-diagnosed",
    title: "a forged request that is looked into, worst shape of all schemes, processor time",
    unit: "ms",
    target: { atMost: MOST_MS },
    measure: async (bench) => [most((await measured(bench)).diagnosed, ({ ms }) => ms)],
  },
];

function most(of: readonly Worst[], value: (one: Worst) => number): number {
  return Math.max(...of.map(value));
}

interface Ours {
  readonly ingest: typeof Ingest;
  readonly toRequest: typeof ToRequest;
  readonly schemes: Readonly<Record<string, Scheme>>;
}

/** The code as it runs in Lambda, minified. */
function asDeployed(): Ours {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `export * from "./functions/domain/ingest"; export * from "./functions/ingest/http"; export { schemes } from "./providers";`,
      resolveDir: join(__dirname, ".."),
      loader: "ts",
    },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const loaded = new Module("forged") as Module & { _compile(code: string, file: string): void };
  loaded._compile(outputFiles[0]?.text ?? "", "forged.cjs");
  return loaded.exports as Ours;
}

async function measured({ step }: Bench) {
  if (worst) return worst;
  const ours = asDeployed();
  const plain: Worst[] = [];
  const diagnosed: Worst[] = [];
  for (const target of targets()) {
    plain.push(await worstOf(ours, target, false));
    diagnosed.push(await worstOf(ours, target, true));
    for (const [what, found] of [
      ["refused", plain.at(-1)],
      ["looked into", diagnosed.at(-1)],
    ] as const)
      if (found)
        step(
          `${found.scheme}, ${what}: ${found.ms.toFixed(1)} ms, ${found.hashes.toFixed(2)} hashes (${found.shape}, ${found.size} bytes)`,
        );
  }
  worst = { plain, diagnosed };
  return worst;
}

async function worstOf(ours: Ours, target: Target, isDiagnosed: boolean): Promise<Worst> {
  // Larger bodies are never looked into.
  const sizes = isDiagnosed ? [256 * 1024 - 100] : SIZES;
  let found: Worst | undefined;
  for (const { name, forge } of shapes) {
    for (const size of sizes) {
      const request = forge(target, size);
      const refuse = refusing(ours, target, request, isDiagnosed);
      const measure = async (times: number): Promise<Worst> => {
        let [ms, hash] = [Infinity, Infinity];
        for (let time = 0; time < times; time += 1) {
          hash = Math.min(hash, await timed(() => hashing(target, request.body)));
          ms = Math.min(ms, await timed(refuse));
        }
        return { scheme: target.scheme.id, shape: name, size, ms, hashes: ms / Math.max(hash, FLOOR_MS) };
      };
      let one = await measure(FEW);
      if (one.hashes > MOST_HASHES * 0.8 || one.ms > MOST_MS * 0.8) one = await measure(MANY);
      const value = (of: Worst) => (isDiagnosed ? of.ms : of.hashes);
      if (!found || value(one) > value(found)) found = one;
    }
  }
  if (!found) throw new Error("there are no shapes");
  return found;
}

/** Hashes the body as its scheme does, once for each secret. */
function hashing({ scheme: { verify }, secrets }: Target, body: Buffer): void {
  const isSha512 =
    (verify.kind === "public-key" && verify.algorithm === "ed25519") ||
    (verify.kind === "custom" && /Ed25519|RS512/.test(verify.proof));
  for (const _ of secrets)
    createHash(isSha512 ? "sha512" : "sha256")
      .update(body)
      .digest();
}

/** One request on its whole way, with everything at hand that would be called. */
function refusing(
  { ingest, toRequest, schemes }: Ours,
  { scheme: { id }, secrets, fetched }: Target,
  request: WebhookRequest,
  isDiagnosed: boolean,
): () => Promise<void> {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`there is no scheme ${id}`);
  const never = () => Promise.reject(new Error("a forged request was stored"));
  const ports: IngestPorts = {
    providers: new Map([["own", { name: "own", scheme, ...(request.url && { url: request.url }) }]]),
    secrets: { get: async () => secrets, refresh: async () => false, learn: async () => false },
    keys: { fetch: async () => fetched, refresh: async () => false },
    visit: never,
    payloads: { put: never },
    records: { claim: never },
    queue: { send: never },
    rejected: { admits: () => isDiagnosed, keep: async () => false },
    now: () => FORGED_NOW,
    log: () => undefined,
  };

  const event = {
    httpMethod: "POST",
    resource: "/webhook/own",
    multiValueHeaders: request.headers,
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(request.query ?? {}).map(([name, value]) => [name, [value]]),
    ),
    body: request.body.toString("base64"),
    isBase64Encoded: true,
    requestContext: { requestId: "r", identity: {}, path: "/webhook/own", domainName: "hooks.example.com" },
  } as unknown as APIGatewayProxyEvent;
  return async () => {
    const { status } = await ingest(toRequest(event), ports);
    if (status < 400 || status >= 500) throw new Error(`${id} answered ${status} to a forged request`);
  };
}

/** Milliseconds of processor time: what other processes take meanwhile is not in it. */
async function timed(work: () => void | Promise<void>): Promise<number> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}
