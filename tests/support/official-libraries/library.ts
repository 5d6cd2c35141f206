import type { WebhookRequest } from "../../../providers";

/** A provider's own library. It reads the machine's clock where it takes none: the caller sets it. */
export interface OfficialLibrary {
  readonly name: string;
  /** Id of the scheme that it implements. */
  readonly scheme: string;
  /** Whether it takes about a millisecond for each, or more: those with key pairs. */
  readonly slow?: true;
  /** Whether it does no more than has to be done: one HMAC, and one JSON.parse for a time in the body. */
  readonly sameWork?: true;
  /** The headers that it would send; absent where it only verifies. */
  readonly sign?: (
    body: string,
    message: { readonly id: string; readonly now: number; readonly secret: string; readonly url: string },
  ) => Promise<Record<string, string>>;
  /** Its verdict; an exception counts as a rejection. */
  readonly accepts: (incoming: WebhookRequest, secret: string, now: number) => Promise<boolean>;
}

/** Headers as most libraries take them: of one that came twice, Node would join the values. */
export function flat({ headers }: WebhookRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values && values.length > 0 ? [[name, values.join(", ")]] : [],
    ),
  );
}

/** A header's value as most libraries take it; empty where it is not there. */
export function valueOf(incoming: WebhookRequest, name: string): string {
  return incoming.headers[name]?.join(", ") ?? "";
}

export function accepting(check: () => unknown): boolean {
  try {
    return check() !== false;
  } catch {
    return false;
  }
}

/** One object per secret, as a receiver would keep them. */
export function cached<T>(make: (secret: string) => T): (secret: string) => T {
  const made = new Map<string, T>();
  return (secret) => {
    const known = made.get(secret) ?? make(secret);
    made.set(secret, known);
    return known;
  };
}
