import {
  readEvent,
  schemes,
  sign,
  type Attempt,
  type EventFacts,
  type HmacScheme,
  type Scheme,
  type SigningMessage,
  type WebhookRequest,
} from "../../../providers";

/** Time of a fixed clock, in milliseconds since the epoch. Not on a whole second, like most real times. */
export const NOW = Date.parse("2026-03-01T12:00:00.250Z");

/** Secrets that every scheme can use: text for most, base64 after its prefix for Standard Webhooks. */
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export const PAYLOAD = Buffer.from('{"id":"evt_1","type":"invoice.paid"}');

/** Returns the scheme with this id. @throws if there is none */
export function schemeOf(id: string): Scheme {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`no scheme ${id}`);
  return scheme;
}

export function scheme(id: string): HmacScheme {
  const found = schemes[id];
  if (found?.verify.kind !== "hmac") throw new Error(`no scheme ${id} with a keyed hash`);
  return found as HmacScheme;
}

/**
 * One scheme for each way to send a keyed hash in a header, as rows of `it.each`, for tests that try every character.
 * Every scheme of the registry is in every-scheme.test.ts.
 */
export const typicalSchemes: readonly (readonly [string, HmacScheme])[] = [
  "stripe",
  "github",
  "shopify",
  "slack",
  "standard-webhooks",
  "svix",
  "hmac-sha256",
].map((id) => [id, scheme(id)]);

/** Returns a request without repeated headers. */
export function request(headers: Readonly<Record<string, string>>, body: Buffer = PAYLOAD): WebhookRequest {
  return {
    method: "POST",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body,
  };
}

/** Returns a request as the provider of a scheme sends it. */
export function signed(
  of: HmacScheme,
  message: Partial<Omit<SigningMessage, "body">> = {},
  body: Buffer = PAYLOAD,
): WebhookRequest {
  return request(sign(of, { secret: SECRET, now: NOW, ...message, body }), body);
}

/** Returns the event of a request, as ingestion reads it. */
export function eventIn(
  of: Scheme,
  incoming: WebhookRequest,
  payload: unknown,
  attempt: Partial<Attempt> = {},
): EventFacts {
  return readEvent(of, incoming, payload, { requestId: "request-1", ...attempt });
}

/** Returns the same request with these values for a header, or without the header if there are no values. */
export function withHeader(original: WebhookRequest, name: string, ...values: string[]): WebhookRequest {
  return { ...original, headers: { ...original.headers, [name.toLowerCase()]: values } };
}

/** Returns the only value of a header. */
export function headerOf(original: WebhookRequest, name: string): string {
  const value = original.headers[name.toLowerCase()]?.[0];
  if (value === undefined) throw new Error(`no header ${name}`);
  return value;
}

/** Returns the names of the headers that a signature of the scheme depends on, starting with the signature's own. */
export function signedHeaders(of: HmacScheme): readonly string[] {
  const { signature, content } = of.verify;
  const parts = content.flatMap((part) =>
    typeof part !== "string" && part.from === "header" ? [part.names] : [],
  );
  return [signature.headers, ...parts].map(([name = ""]) => name);
}
