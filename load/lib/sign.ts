import { hmac } from "k6/crypto";
import { b64decode, b64encode } from "k6/encoding";
import type { HmacVerification, Scheme } from "../../providers/engine/scheme";
import type { HeaderRef } from "../../providers/engine/references";
import type { TimeUnit } from "../../providers/engine/event-locations";

/** A webhook to sign. The body is text, since k6 handles binary data poorly. */
export interface Message {
  readonly body: string;
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Event id, for schemes that carry it in a header. */
  readonly id: string;
  /** Event type, for schemes that carry it in a header. */
  readonly type?: string;
  /** The endpoint's public URL, for schemes that sign it. */
  readonly url: string;
}

export interface Signed {
  readonly headers: Record<string, string>;
  /** Query string with the token, including `?`; empty for providers whose token is not in the URL. */
  readonly query: string;
}

/**
 * Returns the headers and the query with which a provider of this scheme sends the body. Reads the same scheme as the
 * inbox, with k6's HMAC instead of Node's, so that a scheme added there can be sent from here. `whyNotPlayable` says
 * which cannot.
 */
export function sign(scheme: Scheme, message: Message): Signed {
  const { verify } = scheme;
  const headers = describe(scheme, message);
  switch (verify.kind) {
    case "hmac":
      return { headers: signContent(scheme, verify, message, headers), query: "" };
    case "basic":
      return { headers: { ...headers, Authorization: `Basic ${b64encode(message.secret)}` }, query: "" };
    case "token": {
      const { at, prefix = "" } = verify;
      if (at.from === "query") return { headers, query: `?${at.name}=${encodeURIComponent(message.secret)}` };
      return { headers: { ...headers, [first(at)]: `${prefix}${message.secret}` }, query: "" };
    }
    case "digest":
    case "public-key":
    case "custom":
    case "none":
      return cannot(scheme);
  }
}

function signContent(
  scheme: Scheme,
  verify: HmacVerification,
  message: Message,
  headers: Record<string, string>,
): Record<string, string> {
  const fields: Record<string, string> = {};
  if (verify.timestamp) {
    const { at, unit } = verify.timestamp;
    const text = time(message.now, unit);
    if (at.from === "payload") return cannot(scheme);
    if (at.from === "field") fields[at.name] = text;
    else headers[first(at)] = text;
  }

  const content = verify.content
    .map((part) => {
      if (typeof part === "string") return part;
      switch (part.from) {
        case "body":
          return message.body;
        case "method":
          return "POST";
        case "url":
          return message.url;
        case "field":
          return fields[part.name] ?? "";
        case "header":
          return headers[first(part)] ?? "";
        case "payload":
        case "secret":
          return cannot(scheme);
      }
    })
    .join("");
  const encoding = ENCODINGS[verify.signature.encoding];
  const signature = hmac(verify.hash, key(verify, message.secret), content, encoding);
  headers[verify.signature.headers[0] ?? ""] = value(verify, fields, signature);
  return headers;
}

/** Names that k6 gives the encodings. @see https://grafana.com/docs/k6/latest/javascript-api/k6-crypto/hmac/ */
const ENCODINGS = { hex: "hex", "hex-any-case": "hex", base64: "base64", base64url: "base64rawurl" } as const;

/** Returns the headers with the event's id, type and time. */
function describe({ event }: Scheme, message: Message): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const ref of event.id) if (ref.from === "header") headers[first(ref)] = message.id;
  if (event.deliveryId) headers[first(event.deliveryId)] = message.id;
  for (const piece of event.type.flat()) {
    if (message.type !== undefined && typeof piece !== "string" && piece.from === "header") {
      headers[first(piece)] = message.type;
    }
  }
  for (const { at, unit } of event.time) {
    if (at.from === "header") headers[first(at)] = time(message.now, unit);
  }
  return headers;
}

function key(verify: HmacVerification, secret: string): string | ArrayBuffer {
  const { encoding, stripPrefix } = verify.key;
  const text = stripPrefix && secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
  if (encoding === "hex") return bytesOf(text);
  return encoding === "base64" ? b64decode(text.replace(/=+$/, ""), "rawstd") : text;
}

function bytesOf(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer;
}

function value(
  verify: HmacVerification,
  fields: Readonly<Record<string, string>>,
  signature: string,
): string {
  const format = verify.signature.value;
  if (format.form === "whole") return `${format.prefix ?? ""}${signature}`;
  if (format.form === "positions") return [...Object.values(fields), signature].join(format.separator);
  const items = [...Object.entries(fields), [format.signature, signature]];
  return (format.fields ? items.reverse() : items)
    .map(([name, text]) => `${name}${format.pair}${text}`)
    .join(format.separator);
}

function time(now: number, unit: TimeUnit): string {
  if (unit === "iso" || unit === "iso-utc") return new Date(now).toISOString();
  if (unit === "http-date") return new Date(now).toUTCString();
  return String(unit === "s" || unit === "s-or-ms" ? Math.floor(now / 1000) : now);
}

/** Throws: k6 can make keyed hashes, but not every signature. `webhooks send` can sign with any scheme. */
function cannot({ id }: Scheme): never {
  throw new Error(`k6 cannot sign as ${id}`);
}

function first({ names }: HeaderRef): string {
  return names[0] ?? "";
}
