import type { Scheme } from "../engine/scheme";
import { keyedHash, type KeyedHash } from "./keyed-hash";

/**
 * Returns a keyed hash over content that holds the endpoint's URL, in base64. Origin and path are taken from the
 * provider's configuration, byte for byte as they were entered at the provider, and only the query from the request,
 * see address.ts.
 */
export function urlBound(entry: Omit<KeyedHash, "encoding" | "timestamp" | "window">): Scheme {
  return keyedHash({ ...entry, encoding: "base64" });
}
