import { createHmac, timingSafeEqual } from "node:crypto";
import { buildSync } from "esbuild";
import Module from "node:module";
import { join } from "node:path";
import type * as Providers from "../providers";
import type { HmacScheme, WebhookRequest } from "../providers";
import { officialLibraries, type OfficialLibrary } from "../tests/helpers/official-libraries";

const { schemes, sign, verify } = asDeployed();

/** What verifying here costs compared with another way, measured side by side. */
export interface Ratio {
  readonly name: string;
  /** Our time divided by the other's; the median of the pairs. */
  readonly median: number;
  /** The tenth and the ninetieth percentile of the pairs. */
  readonly spread: readonly [number, number];
  /** The median that should not be reached. */
  readonly below: number;
  /** The pairs between the percentiles, ascending. */
  readonly values: readonly number[];
}

/** Bytes of the body. */
const BODY_BYTES = 5_000;

/** Verifications of one half of a pair: about two milliseconds, a thousand times what the clock can tell. */
const BATCH = 200;

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/**
 * Measures each scheme with a keyed hash against the bare `createHmac` and `timingSafeEqual` over the same bytes, and
 * against the sender's own library.
 * @param pairs measured one after the other for each comparison, after some to warm up
 */
export async function measureVerify(pairs = 300): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  for (const id of ["stripe", "github", "shopify", "slack", "standard-webhooks", "svix", "hmac-sha256"]) {
    const { ours, bare } = candidates(schemes[id] as HmacScheme);
    ratios.push(await compare(`${id}, against a bare HMAC`, ours, bare, 1.25, pairs));
  }
  for (const library of officialLibraries) {
    const { ours, incoming, now } = candidates(schemes[library.scheme] as HmacScheme);
    ratios.push(
      await compare(
        `${library.scheme}, against ${library.name}`,
        ours,
        theirs(library, incoming, now),
        1,
        pairs,
      ),
    );
  }
  return ratios;
}

/** The code as it runs in Lambda: minified, and without what the runner of TypeScript adds to every function. */
function asDeployed(): typeof Providers {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, "../providers/index.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const loaded = new Module("providers") as Module & { _compile(code: string, file: string): void };
  loaded._compile(outputFiles[0]?.text ?? "", "providers.cjs");
  return loaded.exports as typeof Providers;
}

/** A batch of verifications. */
type Batch = () => void | Promise<void>;

function candidates(scheme: HmacScheme): {
  readonly ours: Batch;
  readonly bare: Batch;
  readonly incoming: WebhookRequest;
  readonly now: number;
} {
  const now = Date.now();
  const payload = JSON.stringify({ id: "evt_1", type: "invoice.paid", data: "a".repeat(BODY_BYTES - 46) });
  const body = Buffer.from(payload);
  const headers = sign(scheme, { body, secret: SECRET, now });
  const incoming: WebhookRequest = {
    method: "POST",
    body,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
  };
  const secrets = [SECRET];
  const { key, hash, content } = scheme.verify;
  const bareKey = key.encoding === "base64" ? Buffer.from(SECRET.slice(6), "base64") : Buffer.from(SECRET);
  const texts = content
    .filter((part) => typeof part === "string" || part.from !== "body")
    .map((part) => (typeof part === "string" ? part : "1772366400"));
  const digest = (): Buffer => {
    const hmac = createHmac(hash, bareKey);
    let before = "";
    // Every receiver has to put these together.
    for (const text of texts) before += text;
    if (before !== "") hmac.update(before);
    return hmac.update(body).digest();
  };
  const expected = digest();
  return {
    incoming,
    now,
    ours: () => {
      for (let n = 0; n < BATCH; n += 1) {
        if (!verify(scheme, incoming, secrets, now).ok) throw new Error(`${scheme.id} was refused`);
      }
    },
    bare: () => {
      for (let n = 0; n < BATCH; n += 1) {
        if (!timingSafeEqual(digest(), expected)) throw new Error("a digest differs from itself");
      }
    },
  };
}

function theirs(library: OfficialLibrary, incoming: WebhookRequest, now: number): Batch {
  return async () => {
    for (let n = 0; n < BATCH; n += 1) {
      if (!(await library.accepts(incoming, SECRET, now))) throw new Error(`${library.name} refused`);
    }
  };
}

/** Pairs, the first of each changing, so that what the machine does meanwhile falls on both. */
async function compare(
  name: string,
  ours: Batch,
  other: Batch,
  below: number,
  pairs: number,
): Promise<Ratio> {
  const values: number[] = [];
  for (let pair = -20; pair < pairs; pair += 1) {
    const first = pair % 2 === 0;
    const a = await timed(first ? ours : other);
    const b = await timed(first ? other : ours);
    if (pair >= 0) values.push(first ? a / b : b / a);
  }
  values.sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((values[Math.floor(share * (values.length - 1))] ?? NaN).toFixed(2));
  return {
    name,
    median: at(0.5),
    spread: [at(0.1), at(0.9)],
    below,
    values: values.slice(Math.floor(0.1 * values.length), Math.ceil(0.9 * values.length)),
  };
}

/** Microseconds of processor time: what other processes take meanwhile is not in it. */
async function timed(batch: Batch): Promise<number> {
  const started = process.cpuUsage();
  const running = batch();
  if (running) await running;
  const { user, system } = process.cpuUsage(started);
  return user + system;
}
