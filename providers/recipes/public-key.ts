import type { PublicKeyVerification, Scheme, SignatureFormat } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";
import { signedContent, type SigningTime } from "./signing-time";

interface PublicKey extends Entry, SigningTime {
  readonly algorithm: PublicKeyVerification["algorithm"];
  readonly key: PublicKeyVerification["key"]["encoding"];
  readonly header: string;
  /** Encoding of the signature. @default base64 */
  readonly encoding?: SignatureFormat["encoding"];
}

/** Returns a scheme whose provider signs with its private key; the configured secret is the public key. */
export function publicKey(of: PublicKey): Scheme {
  const { algorithm, key, header, encoding = "base64", timestamp, window, content, ...entry } = of;
  return defineScheme({
    ...entry,
    verify: {
      kind: "public-key",
      algorithm,
      key: { encoding: key },
      signature: { headers: [header], value: { form: "whole" }, encoding },
      ...signedContent({ timestamp, window, content }),
    },
  });
}
