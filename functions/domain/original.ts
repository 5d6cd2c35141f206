import { isSigned, signMessage, wholeOf, withQuery, type RequestHeaders, type Scheme } from "../../providers";
import type { Header } from "./kept-headers";

/** A stored webhook that is to be sent as its provider sent it. */
export interface Stored {
  readonly scheme: Scheme;
  /** As {@link keptHeaders} kept them; undefined if it was stored before headers were. */
  readonly headers: readonly Header[] | undefined;
  /** The bytes as they were stored. */
  readonly body: Buffer;
  /** Of the body, with its parameters. */
  readonly contentType: string;
  /** Whether it is one event out of a request that held several. @default false */
  readonly split?: boolean;
  /** Event id and type: without stored headers, those that carry them are made of these. */
  readonly id: string;
  readonly type: string;
}

/** Where it goes, and what the handler there is configured with. */
export interface Recipient {
  /** The address that the handler knows itself by: some providers sign it. */
  readonly url: string;
  /** The handler's own secret, or the private key to the public key that it is configured with. */
  readonly secret: string;
  /** Milliseconds since the epoch: handlers reject what was signed minutes ago. */
  readonly now: number;
}

/** A request as the provider would make it to this recipient. */
export interface OriginalRequest {
  /** The recipient's, with the parameters that the provider adds to it. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Returns why webhooks of this scheme cannot be sent in their original form; undefined if they can. */
export function whyNoOriginal({ verify }: Scheme): string | undefined {
  return verify.kind === "custom" ? verify.onlyProviderSigns : undefined;
}

/** Whether the secret of a recipient is a private key, and its handler has the public one. */
export function signsWithPrivateKey({ verify }: Scheme): boolean {
  if (isSigned(verify)) return verify.kind === "public-key";
  return verify.kind === "custom" && (verify.ownKeyPair ?? false);
}

/**
 * Makes a webhook's original request again, signed in its provider's scheme with the recipient's secret: the bytes that
 * were stored, changed only where the proof is inside of them. An event of a request that held several travels in the
 * shape of the whole one.
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
  // One event is no longer compressed, and has the type of the whole request.
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
