import type { Scheme } from "../../providers";

/**
 * Whether the scripts can play a provider: k6 has the keyed hashes and no key pairs, and what was accepted is looked up by
 * the id in the usual answer.
 */
export function isPlayable({ verify, success }: Scheme): boolean {
  if (verify.kind !== "hmac" || verify.timestamp?.at.from === "payload") return false;
  const readsBody = verify.content.some((part) => typeof part !== "string" && part.from === "payload");
  if (verify.key.encoding === "hex" || readsBody) return false;
  return success === undefined || success.only !== undefined;
}
