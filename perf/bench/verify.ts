import { createHmac, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type * as Providers from "../../providers";
import type { HmacScheme, Scheme, WebhookRequest } from "../../providers";
import { fixClock } from "../../tests/support/fixed-clock";
import { officialLibraries, type OfficialLibrary } from "../../tests/support/official-libraries";
import { keysOf } from "../../tests/support/providers/keys";
import type { Figure } from "./figure";
import { asDeployed } from "./as-deployed";

/** The project's own `verify` as it is deployed; bundled when the first figure needs it. */
let deployed: typeof Providers | undefined;
const providers = (): typeof Providers =>
  (deployed ??= asDeployed({
    entryPoints: [join(__dirname, "../../providers/index.ts")],
  }) as typeof Providers);

/** Size of the body, in bytes. */
const BODY_BYTES = 5_000;

/**
 * Number of verifications in one half of a pair: they take about two milliseconds, a thousand times what the clock can
 * measure.
 */
const BATCH = 200;
/** Number of verifications in one half of a pair against a library that takes milliseconds for each. */
const SLOW_BATCH = 2;

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Number of pairs of halves that are measured for each figure, after some to warm up. */
const PAIRS = 300;

/**
 * Limit for a library that does only what ours does: a tenth more is for what ours checks in addition, such as repeated
 * headers.
 */
const LEVEL = 1.1;

const SCHEMES = ["stripe", "github", "shopify", "slack", "standard-webhooks", "svix", "hmac-sha256"];

/**
 * Costs of verifying: each scheme with a keyed hash compared to the bare `createHmac` and `timingSafeEqual` over the
 * same bytes, and to the provider's own library.
 */
export const verifyFigures: readonly Figure[] = [
  ...SCHEMES.map((id): Figure => ({
    name: `verify-${id}`,
    title: "verifying 5 KB against a bare HMAC, processor time",
    unit: "times its cost",
    target: { atMost: 1.25 },
    measure: () => {
      const { ours, bare } = candidates(schemeOf(id) as HmacScheme);
      return compare(ours, bare);
    },
  })),
  ...officialLibraries.map((library): Figure => ({
    name: `verify-${library.scheme}-peer`,
    title: `verifying 5 KB against ${library.name}, processor time`,
    unit: "times its cost",
    target: { atMost: library.sameWork ? LEVEL : 1 },
    measure: async () => {
      const now = Date.now();
      // Stops the clock: most of the libraries read it themselves, and one considers five seconds too late.
      const release = fixClock(now);
      const { ours, theirs } = sideBySide(library, now);
      return compare(ours, theirs).finally(release);
    },
  })),
];

function schemeOf(id: string): Scheme {
  const scheme = providers().schemes[id];
  if (!scheme) throw new Error(`there is no scheme ${id}`);
  return scheme;
}

/** One batch of verifications, which is timed as a whole. */
type Batch = () => void | Promise<void>;

const URL_ = "https://in.example/webhook/sender";

/** Returns a webhook of 5 KB as its provider signs it. */
function signedWebhook(scheme: Scheme, now: number, secret: string): WebhookRequest {
  const event = { id: "evt_1", type: "invoice.paid", data: "a".repeat(BODY_BYTES - 46) };
  const [contentType] = scheme.contentTypes ?? [];
  const text = contentType?.includes("form") ? new URLSearchParams(event).toString() : JSON.stringify(event);
  const { headers, body } = providers().signMessage(scheme, {
    body: Buffer.from(text),
    secret,
    now,
    url: URL_,
  });
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]);
  return {
    method: "POST",
    body,
    headers: Object.fromEntries(lower) as WebhookRequest["headers"],
    url: URL_,
  };
}

function verifying(
  scheme: Scheme,
  incoming: WebhookRequest,
  secrets: readonly string[],
  now: number,
  batch: number,
): Batch {
  const { verify } = providers();
  return () => {
    for (let n = 0; n < batch; n += 1) {
      if (!verify(scheme, incoming, secrets, now).ok) throw new Error(`${scheme.id} was rejected`);
    }
  };
}

function candidates(scheme: HmacScheme): { readonly ours: Batch; readonly bare: Batch } {
  const now = Date.now();
  const incoming = signedWebhook(scheme, now, SECRET);
  const { body } = incoming;
  const { key, hash, content } = scheme.verify;
  const bareKey = key.encoding === "base64" ? Buffer.from(SECRET.slice(6), "base64") : Buffer.from(SECRET);
  const texts = content
    .filter((part) => typeof part === "string" || part.from !== "body")
    .map((part) => (typeof part === "string" ? part : "1772366400"));
  const digest = (): Buffer => {
    const hmac = createHmac(hash, bareKey);
    let before = "";
    // Concatenates these texts, too, since every receiver has to.
    for (const text of texts) before += text;
    if (before !== "") hmac.update(before);
    return hmac.update(body).digest();
  };
  const expected = digest();
  return {
    ours: verifying(scheme, incoming, [SECRET], now, BATCH),
    bare: () => {
      for (let n = 0; n < BATCH; n += 1) {
        if (!timingSafeEqual(digest(), expected)) throw new Error("a digest differs from itself");
      }
    },
  };
}

function sideBySide(library: OfficialLibrary, now: number): { readonly ours: Batch; readonly theirs: Batch } {
  const scheme = schemeOf(library.scheme);
  const { signing, configured } = keysOf(scheme);
  const incoming = signedWebhook(scheme, now, signing);
  const batch = library.slow ? SLOW_BATCH : BATCH;
  return {
    ours: verifying(scheme, incoming, [configured], now, batch),
    theirs: async () => {
      for (let n = 0; n < batch; n += 1) {
        if (!(await library.accepts(incoming, configured, now))) throw new Error(`${library.name} rejected`);
      }
    },
  };
}

/**
 * Measures pairs, each of which begins with the other one than the pair before, so that other load of the machine
 * affects both equally.
 * @returns ratios between the tenth and the ninetieth percentile
 */
async function compare(ours: Batch, other: Batch): Promise<readonly number[]> {
  const values: number[] = [];
  for (let pair = -20; pair < PAIRS; pair += 1) {
    const first = pair % 2 === 0;
    const a = await timed(first ? ours : other);
    const b = await timed(first ? other : ours);
    if (pair >= 0) values.push(first ? a / b : b / a);
  }
  values.sort((a, b) => a - b);
  return values.slice(Math.floor(0.1 * values.length), Math.ceil(0.9 * values.length));
}

/** Returns microseconds of processor time, without what other processes take meanwhile. */
async function timed(batch: Batch): Promise<number> {
  const started = process.cpuUsage();
  const running = batch();
  if (running) await running;
  const { user, system } = process.cpuUsage(started);
  return user + system;
}
