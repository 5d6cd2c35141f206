import { randomBytes } from "node:crypto";
import { schemes } from "./registry";
import { keyPair } from "./engine/test-keys";
import type { NewSecret } from "./engine/custom-verification";

const KEY_TYPES = { ed25519: "ed25519", "ecdsa-sha256": "ec", "rsa-sha256": "rsa" } as const;

/** Returns a random secret of a scheme: what is stored, and what the provider signs with. */
export function newSecret(scheme: string): NewSecret {
  const verify = schemes[scheme]?.verify;
  if (verify?.kind === "custom") return verify.newSecret();
  if (verify?.kind === "public-key") return keyPair(KEY_TYPES[verify.algorithm]);
  // A form that every other scheme takes: some decode what comes after the prefix, the others use the text as it is.
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  return { secret, signWith: secret };
}
