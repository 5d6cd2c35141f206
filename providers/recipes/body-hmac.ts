import type { HmacVerification, Scheme, SignatureFormat, SignedTimestamp } from "../engine/scheme";
import { body } from "../engine/references";
import { defineScheme, type Entry } from "./define-scheme";

/*
 * HMAC over the raw body alone. No header but the signature is protected, and there is no timestamp. What identifies an
 * event is decided per scheme: an id in the body, else the provider's delivery id bound to the body, else the body itself if it
 * differs from happening to happening, else each request.
 */

/** How the signature is made and written, where it differs from lower-case hexadecimal SHA-256 under one header. */
interface BodyHmac extends Entry {
  readonly header: string | readonly string[];
  readonly prefix?: string;
  readonly encoding?: SignatureFormat["encoding"];
  readonly hash?: HmacVerification["hash"];
  readonly key?: HmacVerification["key"];
  readonly read?: SignatureFormat["read"];
  readonly value?: SignatureFormat["value"];
  readonly timestamp?: SignedTimestamp;
}

/** Returns a keyed hash over the body alone: lower-case hexadecimal SHA-256 under the secret's text, unless it says otherwise. */
export function bodyHmac({
  header,
  prefix,
  encoding,
  hash,
  key,
  read,
  value,
  timestamp,
  ...entry
}: BodyHmac): Scheme {
  return defineScheme({
    ...entry,
    verify: {
      kind: "hmac",
      hash: hash ?? "sha256",
      key: key ?? { encoding: "utf8" },
      signature: {
        headers: typeof header === "string" ? [header] : header,
        value: value ?? { form: "whole", ...(prefix !== undefined && { prefix }) },
        encoding: encoding ?? "hex",
        ...(read && { read }),
      },
      content: [body],
      ...(timestamp && { timestamp }),
    },
  });
}
