import type { WebhookRequest } from "../../../providers";

/**
 * A provider's own library. It reads the machine's clock if it cannot be given a time: the caller must set the clock.
 */
export interface OfficialLibrary {
  readonly name: string;
  /** Id of the scheme that it implements. */
  readonly scheme: string;
  /** Whether a verification takes about a millisecond or more, as those with key pairs do. */
  readonly slow?: true;
  /** Whether it does only the necessary work: one HMAC, and one JSON.parse for a time in the body. */
  readonly sameWork?: true;
  /** Returns the headers that it would send; absent if it only verifies. */
  readonly sign?: (
    body: string,
    message: { readonly id: string; readonly now: number; readonly secret: string; readonly url: string },
  ) => Promise<Record<string, string>>;
  /** Returns its verdict; an exception counts as a rejection. */
  readonly accepts: (incoming: WebhookRequest, secret: string, now: number) => Promise<boolean>;
}

/** Returns headers in the form that most libraries take. Values of a repeated header are joined, as Node does. */
export function flat({ headers }: WebhookRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values && values.length > 0 ? [[name, values.join(", ")]] : [],
    ),
  );
}

/** Returns a header's value in the form that most libraries take; empty if it is absent. */
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

/** Returns a function that makes one object per secret, as a receiver would keep them. */
export function cached<T>(make: (secret: string) => T): (secret: string) => T {
  const made = new Map<string, T>();
  return (secret) => {
    const known = made.get(secret) ?? make(secret);
    made.set(secret, known);
    return known;
  };
}
