import type { ContentPart, HmacVerification, Scheme, SignatureFormat } from "../engine/scheme";
import { body, field } from "../engine/references";
import type { TimeUnit } from "../engine/event-locations";
import { defineScheme, type Entry } from "./define-scheme";

/*
 * HMAC over the time of signing and the raw body. The event's id, where there is one, is in the body and so is signed.
 * A window of 300 s stands if the provider publishes none: what the widest used libraries take.
 */

interface TimestampedHmac extends Entry {
  readonly header: string | readonly string[];
  readonly encoding?: SignatureFormat["encoding"];
  readonly read?: SignatureFormat["read"];
  /** @default the whole header is the signature */
  readonly value?: SignatureFormat["value"];
  /** Undefined if what is signed with the body is no time of signing. */
  readonly timestamp: HmacVerification["timestamp"];
  readonly content: readonly ContentPart[];
}

/** Returns a keyed hash (SHA-256 under the secret's text) over content that holds the time of signing. */
export function timestampedHmac({
  header,
  encoding,
  read,
  value,
  timestamp,
  content,
  ...entry
}: TimestampedHmac): Scheme {
  return defineScheme({
    ...entry,
    verify: {
      kind: "hmac",
      hash: "sha256",
      key: { encoding: "utf8" },
      signature: {
        headers: typeof header === "string" ? [header] : header,
        value: value ?? { form: "whole" },
        encoding: encoding ?? "hex",
        ...(read && { read }),
      },
      ...(timestamp && { timestamp }),
      content,
    },
  });
}

/** `t=<time>,v1=<signature>` over `<time>.<body>`, which many providers took over from Stripe. */
export function likeStripe(unit: TimeUnit, window = 300, signature = "v1") {
  return {
    value: { form: "list", separator: ",", pair: "=", signature },
    timestamp: { at: field("t"), unit, window },
    content: [field("t"), ".", body],
  } as const;
}
