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

/** A clock that stands still, in milliseconds since the epoch; not on a whole second, as clocks are. */
export const NOW = Date.parse("2026-03-01T12:00:00.250Z");

/** A secret that every scheme can use: text for most, base64 after its prefix for Standard Webhooks. */
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export const PAYLOAD = Buffer.from('{"id":"evt_1","type":"invoice.paid"}');

/** A scheme with a keyed hash by its id; fails where the registry has none. */
/** Returns the scheme of an id, whatever it verifies. */
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
 * One scheme for each way in which a keyed hash is sent in a header, as rows of `it.each`: what is tried character by
 * character. Every scheme of the registry is in every-scheme.test.ts.
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

/** A request with each header once. */
export function request(headers: Readonly<Record<string, string>>, body: Buffer = PAYLOAD): WebhookRequest {
  return {
    method: "POST",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body,
  };
}

/** A request as the provider of a scheme makes it. */
export function signed(
  of: HmacScheme,
  message: Partial<Omit<SigningMessage, "body">> = {},
  body: Buffer = PAYLOAD,
): WebhookRequest {
  return request(sign(of, { secret: SECRET, now: NOW, ...message, body }), body);
}

/** The event of a request, as ingestion reads it. */
export function eventIn(
  of: Scheme,
  incoming: WebhookRequest,
  payload: unknown,
  attempt: Partial<Attempt> = {},
): EventFacts {
  return readEvent(of, incoming, payload, { requestId: "request-1", ...attempt });
}

/** The same request with a header set to these values; none takes it away. */
export function withHeader(original: WebhookRequest, name: string, ...values: string[]): WebhookRequest {
  return { ...original, headers: { ...original.headers, [name.toLowerCase()]: values } };
}

/** The one value of a header. */
export function headerOf(original: WebhookRequest, name: string): string {
  const value = original.headers[name.toLowerCase()]?.[0];
  if (value === undefined) throw new Error(`no header ${name}`);
  return value;
}

/** Names of the headers that a signature of the scheme depends on, the signature's own first. */
export function signedHeaders(of: HmacScheme): readonly string[] {
  const { signature, content } = of.verify;
  const parts = content.flatMap((part) =>
    typeof part !== "string" && part.from === "header" ? [part.names] : [],
  );
  return [signature.headers, ...parts].map(([name = ""]) => name);
}
