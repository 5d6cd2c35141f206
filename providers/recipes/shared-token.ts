import type { HeaderRef, QueryRef } from "../engine/references";
import type { Scheme } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";

/*
 * A shared token, a password, or nothing. The request says who sends (or not even that), and nothing protects what it
 * says: anyone who reads one request can make up any other. That is all that these providers offer.
 *
 * For the same reason an id out of a header is no worse here than one out of the body.
 */

/** Returns a scheme that sends the secret itself, in a header or in the query. */
export function sharedToken({
  at,
  prefix,
  ...entry
}: Entry & { readonly at: HeaderRef | QueryRef; readonly prefix?: string | undefined }): Scheme {
  const verify = { kind: "token", at, ...(prefix !== undefined && { prefix }) } as const;
  return defineScheme({ ...entry, covers: "nothing", verify });
}

/** Returns a scheme with user name and password in `Authorization`. */
export function basicAuth(entry: Entry): Scheme {
  return defineScheme({ ...entry, covers: "nothing", verify: { kind: "basic" } });
}

/** Returns a scheme without any proof. */
export function unsigned(entry: Entry): Scheme {
  return defineScheme({ ...entry, covers: "nothing", verify: { kind: "none" } });
}
