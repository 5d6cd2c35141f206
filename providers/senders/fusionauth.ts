import { createHash } from "node:crypto";
import { headerNames, readHeader } from "../engine/headers";
import { publicKeyIn } from "../engine/key";
import { reject } from "../engine/request";
import { textOf } from "../engine/json-object";
import {
  claimsOf,
  holdsNow,
  keyFromPem,
  keyFromSet,
  makeJwt,
  momentOf,
  parseJws,
  signedByKey,
  signedBySecret,
  type Jws,
} from "../recipes/jwt";
import { configuredKeySet, isUrl } from "../recipes/key-set";
import { matchSecret, sameText, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
  where: "Settings > Webhooks > your webhook > Security > Sign events",
  secret:
    "the signing key: the shared secret, the public key in PEM, or the address of `/.well-known/jwks.json`",
  notes:
    "A public key is recognised without its PEM frame, too (DER in base64), and is never taken for a shared secret.",
};

const ID = "fusionauth";
const SIGNATURE = headerNames(["X-FusionAuth-Signature-JWT"]);
const ASYMMETRIC = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"];
const SYMMETRIC = ["HS256", "HS384", "HS512"];

function signedWith(secret: string, index: number, token: Jws, fetched: string | undefined): boolean {
  if (isUrl(secret)) {
    const key = keyFromSet(fetched, token.keyId);
    return key !== undefined && signedByKey(token, key, ASYMMETRIC);
  }
  const key =
    publicKeyIn(secret) ??
    (secret.includes("-----BEGIN") ? keyFromPem(secret, `secret ${index} of scheme ${ID}`) : undefined);
  return key ? signedByKey(token, key, ASYMMETRIC) : signedBySecret(token, secret, SYMMETRIC);
}

/**
 * A header has a JWT with the hash of the body. The secret is the shared key, the public key (PEM, or its base64
 * alone), or the URL of the key set on the operator's own FusionAuth (`https://.../.well-known/jwks.json`).
 */
export default defineScheme({
  id: ID,
  name: "FusionAuth",
  verify: {
    kind: "custom",
    proof: "a JWT in `X-FusionAuth-Signature-JWT` with the hash of the body",
    requiredHeaders: [SIGNATURE.name],
    signatureHeader: SIGNATURE.name,
    keyRequest: (_request, secrets) => configuredKeySet(secrets, ID),
    verify({ request, secrets, now, fetched }) {
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const token = parseJws(value);
      if (!token) return reject("header_malformed", `${SIGNATURE.label} is not a JWT`);
      const indexes = new Map(secrets.map((secret, index) => [secret, index]));
      const verdict = matchSecret(secrets, (secret) =>
        signedWith(secret, indexes.get(secret) ?? 0, token, fetched),
      );
      if (!verdict.ok) return verdict;
      const claims = claimsOf(token);
      const digest = createHash("sha256").update(request.body).digest("base64");
      if (!sameText(textOf(claims, "request_body_sha256") ?? "", digest)) {
        return reject("signature_mismatch", "the token is for another body");
      }
      if (!claims || !holdsNow(claims, now))
        return reject("timestamp_outside_window", "the token does not hold now", momentOf(claims));
      return verdict;
    },
    sign(message) {
      const key = signingSecret(ID, message);
      const claims = { request_body_sha256: createHash("sha256").update(message.body).digest("base64") };
      const header = { alg: key.includes("-----BEGIN") ? "RS256" : "HS256", kid: message.id ?? "test-key" };
      return { headers: { [SIGNATURE.name]: makeJwt(header, claims, key) }, body: message.body };
    },
    newSecret: sharedSecret,
  },
  event: { id: "event.id", type: "event.type", time: { ms: "event.createInstant" } },
});

export const sample: Sample = {
  body: { event: { id: "e1", type: "user.create", createInstant: NOON_MS } },
  event: { id: "e1", type: "user.create", time: NOON },
};
