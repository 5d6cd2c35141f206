import { isSigned, signMessage, wholeOf, withQuery, type RequestHeaders, type Scheme } from "../../providers";
import type { Header } from "./kept-headers";

/** A stored webhook to send in the form in which its provider sent it. */
export interface Stored {
  readonly scheme: Scheme;
  /**
   * Headers that {@link keptHeaders} kept; undefined if the webhook was stored by a version that did not yet store
   * them.
   */
  readonly headers: readonly Header[] | undefined;
  /** Body, byte for byte as stored. */
  readonly body: Buffer;
  /** Content type of the body, with its parameters. */
  readonly contentType: string;
  /** Whether it is a single event of a request with several. @default false */
  readonly split?: boolean;
  /** Event id and type, from which the headers with them are made if no headers are stored. */
  readonly id: string;
  readonly type: string;
}

/** Where the request goes, and the secret and address with which the handler there is configured. */
export interface Recipient {
  /** Address of the handler as it knows it: some providers sign the address. */
  readonly url: string;
  /** Secret of the handler, or the private key that belongs to the handler's public key. */
  readonly secret: string;
  /** Current time in milliseconds since the epoch: handlers reject signatures that are minutes old. */
  readonly now: number;
}

/** A request as the provider would make it to this recipient. */
export interface OriginalRequest {
  /** The recipient's address, with the query parameters that the provider adds. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Returns why webhooks of this scheme cannot be sent in their original form; undefined if they can. */
export function whyNoOriginal({ verify }: Scheme): string | undefined {
  return verify.kind === "custom" ? verify.onlyProviderSigns : undefined;
}

/** Returns whether the recipient's secret is a private key and its handler has the public key. */
export function signsWithPrivateKey({ verify }: Scheme): boolean {
  if (isSigned(verify)) return verify.kind === "public-key";
  return verify.kind === "custom" && (verify.ownKeyPair ?? false);
}

/**
 * Recreates a webhook's original request, signed in its provider's scheme with the recipient's secret. The stored bytes
 * change only if they contain the signature. An event that was split from a request is put into the shape of the whole
 * request.
 * @returns the reason if this is not possible, see {@link whyNoOriginal}
 * @throws ConfigurationError for a secret that is not written as the scheme needs it
 */
export function originalRequest(
  stored: Stored,
  { url, secret, now }: Recipient,
): OriginalRequest | { readonly impossible: string } {
  const { scheme, headers, body, split, id, type } = stored;
  const reason = whyNoOriginal(scheme);
  if (reason !== undefined) return { impossible: reason };
  const sent = sentHeaders(headers ?? [], stored);
  const signed = signMessage(scheme, {
    body: split ? wholeOf(scheme, body) : body,
    secret,
    now,
    url,
    original: byName(sent),
    ...(!headers && { id, type }),
  });
  const written = Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const names = new Set(written.map(([name]) => name));
  return {
    url: withQuery(url, signed.query),
    headers: [...sent.filter(([name]) => !names.has(name)), ...written],
    body: signed.body,
  };
}

function sentHeaders(headers: readonly Header[], { contentType, split, scheme }: Stored): readonly Header[] {
  // Adapt the headers to a split event: it is no longer compressed, and the content type is that of the whole request.
  const kept = split ? headers.filter(([name]) => name !== "content-encoding") : headers;
  if (kept.some(([name]) => name === "content-type")) return kept;
  const declared = split ? (scheme.contentTypes?.[0] ?? contentType) : contentType;
  return [...kept, ["content-type", declared]];
}

function byName(headers: readonly Header[]): RequestHeaders {
  const values = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of headers) (values[name] ??= []).push(value);
  return values;
}
