import { schemes, sign } from "../providers";

/** Something to sign and post. */
export interface Outgoing {
  /** Where to: the provider's own address. */
  readonly url: string;
  /** Id of the scheme to sign with. */
  readonly scheme: string;
  readonly secret: string;
  readonly body: Buffer;
  /** Milliseconds since the epoch. @default now */
  readonly now?: number;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** The body, where it is JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Headers that a sender would put beside the body. @throws where there is no such scheme */
export function signedHeaders({
  scheme: name,
  body,
  secret,
  now,
  id,
  type,
}: Omit<Outgoing, "url">): Record<string, string> {
  const scheme = schemes[name];
  if (!scheme) throw new Error(`There is no scheme ${name}. There are ${Object.keys(schemes).join(", ")}.`);
  const message = {
    body,
    secret,
    now: now ?? Date.now(),
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
  };
  return { "content-type": "application/json", ...sign(scheme, message) };
}

/** Signs and posts. @throws where nobody answers at the address */
export function postSigned(outgoing: Outgoing): Promise<Reply> {
  return post(outgoing.url, signedHeaders(outgoing), outgoing.body);
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
