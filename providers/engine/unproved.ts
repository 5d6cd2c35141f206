import { isUtf8 } from "node:buffer";
import { parseJson } from "./payload";

/*
 * What is read of a body before anything is proved. A few providers put the signature, or what it covers, into the body,
 * so that it has to be parsed first; the caller is unknown, and parsing can cost far more time and memory
 * than hashing the same bytes.
 */

/**
 * Largest body that is parsed before it is proved, in bytes. Mailgun, Adyen, Dropbox Sign and Wix state no limit; some
 * tens of kilobytes are our estimate of what they send. Amazon SNS accepts messages of up to 256 KB, which escapes can
 * double. Microsoft keeps a batch of Graph's notifications below the 1 MB that Event Hubs accept.
 * @see https://docs.aws.amazon.com/general/latest/gr/sns.html
 * @see https://learn.microsoft.com/en-us/graph/change-notifications-delivery-event-hubs
 */
export const MAX_UNPROVED_BYTES = 1024 * 1024;

/**
 * Largest structure that is parsed before it is proved, in the units of {@link structureOf}: 12,500 values, or 80,000
 * escaped quotes, which is our estimate of a message of 256 KB that is itself JSON.
 */
export const MAX_UNPROVED_STRUCTURE = 400_000;

/**
 * Parses a body as JSON before it is proved. Returns undefined if it is not JSON, or larger than any body of the
 * providers that need this. Parses each body once.
 */
export function unprovedJson(body: Buffer, encoding: "utf8" | "latin1" = "utf8"): unknown {
  const known = parsed.get(body);
  if (known?.encoding === encoding) return known.value;
  const text = body.length > MAX_UNPROVED_BYTES ? undefined : textIn(body, encoding);
  const small = text !== undefined && structureOf(text, MAX_UNPROVED_STRUCTURE) <= MAX_UNPROVED_STRUCTURE;
  const value = small ? parseJson(text) : undefined;
  parsed.set(body, { encoding, value, small });
  return value;
}

/** Returns the body as text. Reads invalid UTF-8 as Latin-1: replacing bytes by U+FFFD takes longer than parsing. */
function textIn(body: Buffer, encoding: "utf8" | "latin1"): string {
  return body.toString(encoding === "utf8" && isUtf8(body) ? "utf8" : "latin1");
}

interface Parsed {
  readonly encoding: string;
  readonly value: unknown;
  readonly small: boolean;
}

const parsed = new WeakMap<Buffer, Parsed>();

/**
 * Returns, for the operator, that a body is too large to be parsed before it is proved; undefined if it is not too
 * large.
 */
export function tooLarge(body: Buffer): string | undefined {
  if (body.length <= MAX_UNPROVED_BYTES && parsed.get(body)?.small !== false) return undefined;
  return `of the ${body.length} bytes more would have to be parsed than is parsed before a proof: ${MAX_UNPROVED_BYTES} bytes, and some ten thousand values`;
}

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

/**
 * Returns the cost of parsing a JSON text: 1 for each character outside of a string, 32 for each value, 4 for each
 * quote, and 1 for each backslash in front of it. Long strings cost next to nothing, as in the parser.
 * @param limit the count ends when it is exceeded
 */
export function structureOf(json: string, limit: number): number {
  const { length } = json;
  let cost = 0;
  for (let at = 0; at < length && cost <= limit; at += 1) {
    const code = json.charCodeAt(at);
    cost += 1;
    if (code === COMMA || code === BRACKET || code === BRACE) cost += 32;
    if (code !== QUOTE) continue;
    for (;;) {
      at = json.indexOf('"', at + 1);
      if (at < 0) return cost;
      let backslashes = 0;
      while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
      cost += 4 + backslashes;
      if (backslashes % 2 === 0 || cost > limit) break;
    }
  }
  return cost;
}
