import { randomBytes } from "node:crypto";
import { escape } from "node:querystring";
import { signedAddresses } from "../engine/address";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { describedBy, headerNames, isPlain, readHeader } from "../engine/headers";
import { reject, type RequestHeaders } from "../engine/request";
import { header } from "../engine/references";
import { parseTime } from "../engine/timestamp";
import { outsideWindow } from "../engine/clock";
import { hmac, matchSecret, sameBytes, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://www.contentful.com/developers/docs/webhooks/request-verification/",
  where: "Settings > Webhooks > Settings > Enable request verification",
  secret: "the signing secret, shown once, 64 characters",
};

const ID = "contentful";
const SIGNATURE = headerNames(["x-contentful-signature"]);
const SIGNED_HEADERS = headerNames(["x-contentful-signed-headers"]);
const TIMESTAMP = headerNames(["x-contentful-timestamp"]);
const decode = signatureDecoder("hex", 32);

/** Seconds that clocks may differ, as in Contentful's own toolkit by default. */
const WINDOW = 30;

/** Most signed headers of a request; Contentful signs about ten. */
const MAX_SIGNED_HEADERS = 50;

function configured(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) {
    throw new ConfigurationError(`scheme ${ID} signs the path of the endpoint's URL: none is configured`);
  }
  return url;
}

function encodedPath(url: string): string {
  const { pathname, search } = new URL(url);
  return encodeURI(search === "" ? pathname : `${pathname}?${escape(search.slice(1))}`);
}

function canonical(method: string, url: string, headers: readonly (readonly [string, string])[]): string {
  const sorted = headers.toSorted(([a], [b]) => (a > b ? 1 : -1));
  const listed = sorted.map(([name, value]) => `${name}:${value}`).join(";");
  return `${method}\n${encodedPath(url)}\n${listed}\n`;
}

/**
 * Rejects a secret that was cut off when it was copied.
 * @throws ConfigurationError for a secret that does not have 64 characters, as all of Contentful's have
 */
function assertLength(secrets: readonly string[]): void {
  const wrong = secrets.findIndex((secret) => secret.length !== 64);
  if (wrong >= 0) throw new ConfigurationError(`secret ${wrong} of scheme ${ID} does not have 64 characters`);
}

/** Returns the headers that a request lists as signed and has, without those that signing writes. */
function signedIn(headers: RequestHeaders): Readonly<Record<string, string>> {
  const listed = describedBy(headers, [SIGNED_HEADERS.name])?.toLowerCase().split(",") ?? [];
  const others = listed
    .map((name) => name.trim())
    .filter((name) => name !== SIGNED_HEADERS.name && name !== TIMESTAMP.name);
  return Object.fromEntries(
    others.flatMap((name) => {
      const value = describedBy(headers, [name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Contentful signs the request's canonical form: method, path, the headers that it lists as signed, and the body. */
export default defineScheme({
  id: ID,
  name: "Contentful",
  confidence: "official",
  verify: {
    kind: "custom",
    proof:
      "HMAC-SHA-256 in `x-contentful-signature` (hex) over method, path, the listed headers and the body; window 30 s",
    requiredHeaders: [SIGNATURE.name, SIGNED_HEADERS.name, TIMESTAMP.name],
    signatureHeader: SIGNATURE.name,
    verify({ request, secrets, now }) {
      assertLength(secrets);
      const urls = signedAddresses(configured(request.url), request);
      const [value, list, time] = [SIGNATURE, SIGNED_HEADERS, TIMESTAMP].map((names) =>
        readHeader(request.headers, names),
      );
      if (typeof value !== "string") return value ?? reject("header_missing", `no ${SIGNATURE.label}`);
      if (typeof list !== "string") return list ?? reject("header_missing", `no ${SIGNED_HEADERS.label}`);
      if (typeof time !== "string") return time ?? reject("header_missing", `no ${TIMESTAMP.label}`);
      const signature = decode(value);
      if (!signature)
        return reject("header_malformed", `${SIGNATURE.label} holds no signature of 32 bytes in hex`);
      const timestamp = parseTime(time, "ms");
      if (timestamp === undefined)
        return reject("header_malformed", `${TIMESTAMP.label} is not in whole milliseconds`);

      const listed = list.split(",").map((name) => name.trim().toLowerCase());
      if (!listed.includes(TIMESTAMP.name) || !listed.includes(SIGNED_HEADERS.name)) {
        return reject("header_malformed", `${SIGNED_HEADERS.label} leaves out the timestamp or itself`);
      }
      if (listed.length > MAX_SIGNED_HEADERS)
        return reject("header_malformed", `${SIGNED_HEADERS.label} lists too many`);
      const headers: [string, string][] = [];
      for (const name of new Set(listed)) {
        const found = request.headers[name] ?? [];
        const [only = ""] = found;
        if (found.length > 1 || !isPlain(only)) {
          return reject("header_malformed", "a signed header was sent twice, or is not printable ASCII");
        }
        if (found.length === 1) headers.push([name, only.trim()]);
      }
      const late = outsideWindow(timestamp, now, WINDOW);
      if (late) return late;
      const heads = urls.map((url) => canonical(request.method, url, headers));
      return matchSecret(
        secrets,
        (secret) => heads.some((head) => sameBytes(hmac("sha256", secret, head, request.body), signature)),
        timestamp,
      );
    },
    sign(message) {
      const secret = signingSecret(ID, message);
      assertLength([secret]);
      const headers: Record<string, string> = {
        ...(message.type !== undefined && { "x-contentful-topic": message.type }),
        ...(message.original && signedIn(message.original)),
        [TIMESTAMP.name]: String(Math.floor(message.now)),
      };
      headers[SIGNED_HEADERS.name] = [...Object.keys(headers), SIGNED_HEADERS.name].sort().join(",");
      const head = canonical(message.method ?? "POST", configured(message.url), Object.entries(headers));
      const signature = hmac("sha256", secret, head, message.body);
      return {
        headers: { ...headers, [SIGNATURE.name]: encodeSignature(signature, "hex") },
        body: message.body,
      };
    },
    newSecret() {
      const secret = randomBytes(32).toString("hex");
      return { secret, signWith: secret };
    },
  },
  contentTypes: ["application/vnd.contentful.management.v1+json", "application/json"],
  event: {
    deliveryId: "X-Contentful-Idempotency-Key",
    type: [header("x-contentful-topic"), "sys.type"],
    time: "sys.updatedAt",
  },
  otherwise: {
    by: "body-and-time",
    because: "The header is always there; the same entry can be published twice with the same body.",
  },
});

export const sample: Sample = {
  body: { sys: { type: "Entry", updatedAt: NOON } },
  event: { type: "Entry", time: NOON },
};
