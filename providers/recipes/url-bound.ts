import type { Scheme } from "../engine/scheme";
import { keyedHash, type KeyedHash } from "./keyed-hash";

/**
 * Returns a scheme with a keyed hash, in base64, over content that includes the endpoint's URL. Origin and path are
 * those in the provider's configuration, byte for byte as they were entered at the provider; only the query comes from
 * the request, see address.ts.
 */
export function urlBound(entry: Omit<KeyedHash, "encoding" | "timestamp" | "window">): Scheme {
  return keyedHash({ ...entry, encoding: "base64" });
}
