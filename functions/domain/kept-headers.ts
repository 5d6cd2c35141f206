import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describingHeaders, proofHeaders, type RequestHeaders, type Scheme } from "../../providers";
import { NETWORK_HEADERS } from "./network-headers";

/** A header of a request: its name in lower case, and one of its values. */
export type Header = readonly [name: string, value: string];

/**
 * Headers of one connection or one recipient, by RFC 9110.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const OF_THE_CONNECTION =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|expect|accept-encoding)$/;

/** Usual names of headers with credentials and proofs, of which a provider can send more than its scheme reads. */
const SECRET = /authorization|cookie|signature|secret|token|password|credential|api-?key|hmac|jwt/;

/**
 * Returns the headers of a verified request that its original form needs, with repeats. Leaves out the headers of the
 * connection and of networks on the way, and all that prove who sent it: nobody can sign or log in with what is stored.
 */
export function keptHeaders(headers: RequestHeaders, scheme: Scheme): readonly Header[] {
  const proof = proofHeaders(scheme);
  const describing = new Set(describingHeaders(scheme));
  const named = new Set(
    (headers["connection"] ?? []).flatMap((value) => value.toLowerCase().split(/[\s,]+/)),
  );
  const isKept = (name: string): boolean => {
    if (named.has(name) || OF_THE_CONNECTION.test(name) || NETWORK_HEADERS.test(name)) return false;
    if (proof.some((own) => name.startsWith(own))) return false;
    return describing.has(name) || !SECRET.test(name);
  };
  return Object.entries(headers).flatMap(([name, values = []]) =>
    isKept(name) ? values.map((value) => [name, value] as const) : [],
  );
}

/** Encodes headers for object metadata, as base64 of deflated JSON. */
export function encodeHeaders(headers: readonly Header[]): string {
  return deflateRawSync(JSON.stringify(headers)).toString("base64");
}

/**
 * Maximum bytes after inflating: API Gateway accepts 10,240 bytes of headers, and as JSON they can be several times
 * longer.
 */
const MAX_INFLATED_BYTES = 128 * 1024;

/** Decodes headers. @throws if the text was not written by {@link encodeHeaders} */
export function decodeHeaders(text: string): readonly Header[] {
  const json = inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MAX_INFLATED_BYTES });
  return JSON.parse(json.toString()) as Header[];
}
