import { body } from "../engine/references";
import type { Scheme } from "../engine/scheme";
import { keyedHash, type KeyedHash } from "./keyed-hash";

/**
 * Returns a scheme with an HMAC over the raw body alone. Other headers are not protected, and most providers send no
 * time of signing. Each scheme decides what identifies an event: an id in the body, the provider's delivery id bound to
 * the body, the body itself if it differs from event to event, or nothing, so that each request is an event.
 */
export function bodyHmac(entry: Omit<KeyedHash, "content">): Scheme {
  return keyedHash({ ...entry, content: [body] });
}
