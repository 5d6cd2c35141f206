import { didYouMean } from "../../did-you-mean";
import { identityOf } from "../../functions/domain/webhook";
import { readPayload } from "../../functions/domain/payload";
import {
  readEvent,
  schemeName,
  schemeOf,
  schemes,
  signMessage,
  type ConfiguredScheme,
  type Scheme,
  withQuery,
} from "../../providers";

/** A webhook to sign and post. */
export interface Outgoing {
  /** URL to post to: the provider's own address in the inbox. */
  readonly url: string;
  /** URL that the provider signs, if it is another one. @default url */
  readonly signedUrl?: string;
  /** Scheme to sign by; its first content type is sent. */
  readonly scheme: ConfiguredScheme;
  readonly secret: string;
  readonly body: Buffer;
  /** Time of signing, milliseconds since the epoch. @default now */
  readonly now?: number;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
}

type Signable = Omit<Outgoing, "url"> & { readonly url?: string };

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** The parsed body if it is JSON, otherwise empty. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Request as a provider sends it. */
export interface SignedRequest {
  readonly headers: Record<string, string>;
  /** Query parameters that the provider adds to the URL. */
  readonly query: Record<string, string>;
  readonly body: Buffer;
}

function known(configured: ConfiguredScheme): Scheme {
  const scheme = schemeOf(configured);
  if (scheme) return scheme;
  const name = schemeName(configured);
  throw new Error(`There is no scheme ${name}.${didYouMean(name, Object.keys(schemes))}`);
}

/**
 * Returns what a provider would send: headers, and the body if the signature is in it. @throws if there is no such
 * scheme
 */
export function signedRequest({
  scheme: configured,
  body,
  secret,
  now,
  id,
  type,
  url,
  signedUrl = url,
}: Signable): SignedRequest {
  const scheme = known(configured);
  const signed = signMessage(scheme, {
    body,
    secret,
    now: now ?? Date.now(),
    ...(signedUrl !== undefined && { url: signedUrl }),
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
  });
  const [contentType = "application/json"] = scheme.contentTypes ?? [];
  return { ...signed, headers: { "Content-Type": contentType, ...signed.headers } };
}

/** Returns the headers that a provider would send with the body. @throws if there is no such scheme */
export function signedHeaders(message: Signable): Record<string, string> {
  return signedRequest(message).headers;
}

/** Signs and posts. @throws if the connection fails */
export function postSigned(outgoing: Outgoing): Promise<Reply> {
  const { headers, query, body } = signedRequest(outgoing);
  return post(withQuery(outgoing.url, query), headers, body);
}

export function post(url: string, headers: Record<string, string>, body: Buffer | string): Promise<Reply> {
  return replyTo(url, { method: "POST", headers, body });
}

/** @throws if the connection fails */
export async function replyTo(url: string, request: RequestInit): Promise<Reply> {
  const response = await fetch(url, request).catch((error: unknown) => {
    const { cause } = error as { cause?: { code?: string } };
    throw new Error(`Could not connect to ${url} (${cause?.code ?? String(error)}). Is the stack running?`);
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Ignores a body that is not JSON: the answer to a handshake is plain text.
  }
  return { status: response.status, body: text, json };
}

/**
 * Returns the event id of a request: from the response, or as the inbox derives it if the provider requires a response
 * without one. Undefined if it did not become an event.
 */
export function acceptedId(
  configured: ConfiguredScheme,
  sent: SignedRequest,
  reply: Reply,
): string | undefined {
  if (typeof reply.json["id"] === "string") return reply.json["id"];
  const scheme = known(configured);
  const { success } = scheme;
  if (success?.status !== reply.status || (success.body ?? "") !== reply.body) return undefined;
  const headers = Object.entries(sent.headers).map(([header, value]) => [header.toLowerCase(), [value]]);
  const request = {
    method: "POST",
    headers: Object.fromEntries(headers) as Record<string, readonly string[]>,
    body: sent.body,
  };
  const payload = readPayload(scheme, request);
  const event = readEvent(scheme, request, payload.value, { requestId: "" });
  // Returns no id that is made of the request's own id or time, which only the inbox knows.
  const isKnown = event.identifiedBy !== "request" && event.identifiedBy !== "body-and-time";
  return isKnown ? identityOf(event).id : undefined;
}
