import { schemes, signMessage } from "../providers";

/** Something to sign and post. */
export interface Outgoing {
  /** Where to: the provider's own address. */
  readonly url: string;
  /** What the sender signs as the address, where that is another one. @default url */
  readonly signedUrl?: string;
  /** Id of the scheme to sign with. */
  readonly scheme: string;
  readonly secret: string;
  readonly body: Buffer;
  /** Milliseconds since the epoch. @default now */
  readonly now?: number;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
}

type Signable = Omit<Outgoing, "url"> & { readonly url?: string };

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** The body, where it is JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a sender would send: headers, and the body where the signature is in it. @throws where there is no such scheme */
export function signedRequest({
  scheme: name,
  body,
  secret,
  now,
  id,
  type,
  url,
  signedUrl = url,
}: Signable): {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
} {
  const scheme = schemes[name];
  if (!scheme) throw new Error(`There is no scheme ${name}. There are ${Object.keys(schemes).join(", ")}.`);
  const signed = signMessage(scheme, {
    body,
    secret,
    now: now ?? Date.now(),
    ...(signedUrl !== undefined && { url: signedUrl }),
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
  });
  return { headers: { "Content-Type": "application/json", ...signed.headers }, body: signed.body };
}

/** Headers that a sender would put beside the body. @throws where there is no such scheme */
export function signedHeaders(message: Signable): Record<string, string> {
  return signedRequest(message).headers;
}

/** Signs and posts. @throws where nobody answers at the address */
export function postSigned(outgoing: Outgoing): Promise<Reply> {
  const { headers, body } = signedRequest(outgoing);
  return post(outgoing.url, headers, body);
}

export async function post(
  url: string,
  headers: Record<string, string>,
  body: Buffer | string,
): Promise<Reply> {
  const response = await fetch(url, { method: "POST", headers, body }).catch((error: unknown) => {
    const { cause } = error as { cause?: { code?: string } };
    throw new Error(`Nobody answers at ${url} (${cause?.code ?? String(error)}). Is the stack running?`);
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A handshake's answer is plain text.
  }
  return { status: response.status, body: text, json };
}
