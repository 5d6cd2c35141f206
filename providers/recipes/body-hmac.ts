import { body } from "../engine/references";
import type { Scheme } from "../engine/scheme";
import { keyedHash, type KeyedHash } from "./keyed-hash";

/**
 * Returns an HMAC over the raw body alone. No header but the signature is protected, and most providers send no time of
 * signing. What identifies an event is decided per scheme: an id in the body, else the provider's delivery id bound to
 * the body, else the body itself if it differs from happening to happening, else each request.
 */
export function bodyHmac(entry: Omit<KeyedHash, "content">): Scheme {
  return keyedHash({ ...entry, content: [body] });
}
