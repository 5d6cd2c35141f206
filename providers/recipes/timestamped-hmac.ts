import type { TimeUnit } from "../engine/event-locations";
import { body, field, type FieldRef } from "../engine/references";
import type { Scheme } from "../engine/scheme";
import type { TimeEntry } from "./event-entry";
import { keyedHash, type KeyedHash } from "./keyed-hash";
import { timestamp } from "./signing-time";

/**
 * Returns an HMAC over the time of signing and the raw body. The event's id, where there is one, is in the body and so
 * is signed.
 */
export function timestampedHmac(entry: KeyedHash & Required<Pick<KeyedHash, "timestamp">>): Scheme {
  return keyedHash(entry);
}

/** `t=<time>,v1=<signature>` over `<time>.<body>`, which many providers took over from Stripe. */
export function likeStripe(unit: TimeUnit, window = 300, signature = "v1") {
  return {
    list: { signature },
    timestamp: { [unit]: field("t") } as TimeEntry<FieldRef>,
    window,
    content: [timestamp, ".", body],
  } as const;
}
