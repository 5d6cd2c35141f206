import type { TimeUnit } from "../engine/event-locations";
import { body, field, type FieldRef } from "../engine/references";
import type { Scheme } from "../engine/scheme";
import type { TimeEntry } from "./event-entry";
import { keyedHash, type KeyedHash } from "./keyed-hash";
import { timestamp } from "./signing-time";

/**
 * Returns a scheme with an HMAC over the time of signing and the raw body. An event's id in the body is therefore
 * signed, too.
 */
export function timestampedHmac(entry: KeyedHash & Required<Pick<KeyedHash, "timestamp">>): Scheme {
  return keyedHash(entry);
}

/** Returns the format `t=<time>,v1=<signature>` over `<time>.<body>`, which many providers took over from Stripe. */
export function likeStripe(unit: TimeUnit, window = 300, signature = "v1") {
  return {
    list: { signature },
    timestamp: { [unit]: field("t") } as TimeEntry<FieldRef>,
    window,
    content: [timestamp, ".", body],
  } as const;
}
