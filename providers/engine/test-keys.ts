import { generateKeyPairSync } from "node:crypto";
import type { NewSecret } from "./custom-verification";

/** Returns a new key pair in PEM: the public half to configure, the private one to sign with. For tests and the local stack. */
export function keyPair(type: "ec" | "rsa" | "ed25519"): NewSecret {
  const { publicKey, privateKey } =
    type === "ec"
      ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
      : type === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ed25519");
  return {
    secret: publicKey.export({ type: "spki", format: "pem" }).toString(),
    signWith: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
