import { randomBytes } from "node:crypto";
import { schemeOf, type ConfiguredScheme } from "./configured";
import { keyPair } from "./engine/test-keys";
import type { NewSecret } from "./engine/custom-verification";
import type { Scheme } from "./engine/scheme";

const KEY_TYPES = { ed25519: "ed25519", "ecdsa-sha256": "ec", "rsa-sha256": "rsa" } as const;

/** Returns a random secret for a scheme: what to store, and what the provider signs with. */
export function newSecret(configured: ConfiguredScheme): NewSecret {
  const verify = schemeOf(configured)?.verify;
  if (verify?.kind === "custom") return verify.newSecret();
  if (verify?.kind === "public-key") return keyPair(KEY_TYPES[verify.algorithm]);
  const secret = sharedText(verify);
  return { secret, signWith: secret };
}

function sharedText(verify: Scheme["verify"] | undefined): string {
  // Use a form that nearly every scheme accepts: some decode the text after the prefix, the others use it as it is.
  const text = `whsec_${randomBytes(24).toString("base64")}`;
  if (verify?.kind === "basic") return `webhooks:${text}`;
  if (verify?.kind !== "hmac" || verify.key.encoding === "utf8") return text;
  const { encoding, stripPrefix = "" } = verify.key;
  return `${stripPrefix}${randomBytes(24).toString(encoding)}`;
}
