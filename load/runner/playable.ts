import type { Scheme } from "../../providers";

/**
 * Returns why the scripts cannot play a provider, or undefined if they can. k6 makes keyed hashes but has no key pairs,
 * its bodies are written before they are signed, and accepted webhooks are looked up by the id in the usual answer.
 */
export function whyNotPlayable({ verify, success }: Scheme): string | undefined {
  if (success !== undefined && success.only === undefined)
    return "the answer that it wants holds no id, so nothing could be looked up";
  switch (verify.kind) {
    case "token":
    case "basic":
      return undefined;
    case "none":
      return "it proves nothing";
    case "hmac": {
      const { signature, timestamp, content } = verify;
      const parts = content.filter((part) => typeof part !== "string");
      if (signature.at || timestamp?.at.from === "payload" || parts.some(({ from }) => from === "payload"))
        return "its proof stands in the body";
      return signature.read === "numbered" ? "it signs more than once" : undefined;
    }
    case "digest":
    case "public-key":
    case "custom":
      return "k6 cannot make its signature";
  }
}
