import type { HeaderRef, KeyRef, PathRef } from "./engine/references";
import { isSigned, type ContentPart, type Scheme, type SignedVerification } from "./engine/scheme";

/* Schemes in words, for the docs and the command line. */

/** Returns which part of a request proves who sent it, in Markdown, without a full stop. */
export function proof({ verify }: Pick<Scheme, "verify">): string {
  if (isSigned(verify)) return signedProof(verify);
  switch (verify.kind) {
    case "token":
      return verify.at.from === "query"
        ? `the secret in the parameter ${code(verify.at.name)} of the address`
        : `the secret in ${location(verify.at)}`;
    case "basic":
      return `the secret as Basic credentials in ${code("Authorization")}`;
    case "custom":
      return verify.proof;
    case "none":
      return "none";
  }
}

function signedProof(verify: SignedVerification): string {
  const { signature, content, timestamp } = verify;
  const algorithm = {
    hmac: () => `HMAC-${verify.kind === "hmac" ? verify.hash.toUpperCase().replace("SHA", "SHA-") : ""}`,
    digest: () => "plain SHA-256",
    "public-key": () => (verify.kind === "public-key" ? ALGORITHMS[verify.algorithm] : ""),
  }[verify.kind]();
  const where = signature.at ? location(signature.at) : signature.headers.map(code).join(" or ");
  const number = signature.read === "numbered" ? " with `-1` to `-100` behind it" : "";
  const window = timestamp ? `; window ${timestamp.window} s` : "; no time is signed";
  return `${algorithm} in ${where}${number} (${signature.encoding}) over ${content.map(part).join(" ")}${window}`;
}

const ALGORITHMS = {
  ed25519: "Ed25519",
  "ecdsa-sha256": "ECDSA on P-256 with SHA-256",
  "rsa-sha256": "RSA with SHA-256",
} as const;

function part(piece: ContentPart): string {
  if (typeof piece === "string") return code(piece);
  switch (piece.from) {
    case "header":
    case "payload":
      return location(piece);
    case "field":
      return `its field ${code(piece.name)}`;
    case "body":
      return "body";
    case "url":
      return "URL";
    case "method":
      return "method";
    case "secret":
      return "secret";
  }
}

/** Returns where a value is, in Markdown. */
export function location(ref: string | HeaderRef | PathRef | KeyRef): string {
  if (typeof ref === "string") return code(ref);
  switch (ref.from) {
    case "header":
      return `header ${ref.names.map(code).join(" or ")}`;
    case "payload":
      return code(ref.path.join("."));
    case "key":
      return "the name of the property that is there";
  }
}

/** Returns a text as code in Markdown. */
export function code(text: string): string {
  return `\`${text}\``;
}
