import { createHash } from "node:crypto";
import { signedAddresses } from "../engine/address";
import { ConfigurationError } from "../engine/errors";
import { headerNames, readHeader } from "../engine/headers";
import { textOf } from "../engine/json-object";
import { reject, type Rejection, type WebhookRequest } from "../engine/request";
import type { Scheme } from "../engine/scheme";
import { matchSecret, sameText, sharedSecret, signingSecret } from "../engine/secrets";
import { defineScheme, type Entry } from "./define-scheme";
import { claimsOf, holdsNow, makeJwt, parseJws, signedBySecret } from "./jwt";

/* A JWT in a header, signed with a shared secret, that holds the hash of the body: what is in it is covered by that. */

interface BodyHashJwt extends Entry {
  readonly header: string;
  /** Text in front of the token. @default nothing */
  readonly prefix?: string;
  /** Value of the claim `iss`. */
  readonly issuer: string;
  /** Algorithms that the provider may sign with, most common first. */
  readonly algorithms: readonly ("HS256" | "HS384" | "HS512")[];
  /** Name of the claim with the hexadecimal SHA-256 of the body. */
  readonly bodyHash: string;
  /** Name of the claim with the hexadecimal SHA-256 of the URL, if the provider signs it. */
  readonly urlHash?: string;
  /** Lifetime of the provider's tokens, in seconds. @default unlimited */
  readonly lifetime?: number;
}

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Returns a scheme whose proof is a JWT with the hash of the body. Its `exp` and `nbf` are checked, if it has them. */
export function bodyHashJwt(of: BodyHashJwt): Scheme {
  const { header, prefix = "", issuer, algorithms, bodyHash, urlHash, lifetime, ...entry } = of;
  const names = headerNames([header]);
  const [algorithm = "HS256"] = algorithms;
  const covered = urlHash === undefined ? "the hash of the body" : "the hashes of the body and the address";
  return defineScheme({
    ...entry,
    verify: {
      kind: "custom",
      proof: `a JWT (${algorithms.join(", ")}) in \`${header}\` with ${covered}`,
      requiredHeaders: [header],
      signatureHeader: header,
      verify({ request, secrets, now }) {
        const value = readHeader(request.headers, names);
        if (typeof value !== "string") return value;
        const token = value.startsWith(prefix) ? parseJws(value.slice(prefix.length)) : undefined;
        if (!token) return reject("header_malformed", `${names.label} is not ${prefix}<JWT>`);
        const verdict = matchSecret(secrets, (secret) => signedBySecret(token, secret, algorithms));
        return verdict.ok ? (wrongClaim(claimsOf(token) ?? {}, request, now) ?? verdict) : verdict;
      },
      sign(message) {
        const secret = signingSecret(entry.id, message);
        const seconds = Math.floor(message.now / 1000);
        const claims = {
          iss: issuer,
          iat: seconds,
          ...(lifetime !== undefined && { nbf: seconds, exp: seconds + lifetime }),
          ...(message.id !== undefined && { jti: message.id }),
          [bodyHash]: sha256(message.body),
          ...(urlHash !== undefined && { [urlHash]: sha256(addressOf(message.url)) }),
        };
        const token = makeJwt({ alg: algorithm }, claims, secret);
        return { headers: { [header]: `${prefix}${token}` }, body: message.body };
      },
      newSecret: sharedSecret,
    },
  });

  function wrongClaim(
    claims: Readonly<Record<string, unknown>>,
    request: WebhookRequest,
    now: number,
  ): Rejection | undefined {
    if (claims["iss"] !== issuer) return reject("signature_mismatch", `the token is not issued by ${issuer}`);
    if (!holdsNow(claims, now))
      return reject("timestamp_outside_window", "the token has ended, or has not begun");
    if (!sameText(textOf(claims, bodyHash) ?? "", sha256(request.body)))
      return reject("signature_mismatch", "the token is for another body");
    if (urlHash === undefined) return undefined;
    const hash = textOf(claims, urlHash) ?? "";
    const addresses = signedAddresses(addressOf(request.url), request);
    return addresses.some((address) => sameText(hash, sha256(address)))
      ? undefined
      : reject("signature_mismatch", "the token is for another address");
  }

  function addressOf(url: string | undefined): string {
    if (url === undefined)
      throw new ConfigurationError(`scheme ${entry.id} signs the URL of the endpoint: none is configured`);
    return url;
  }
}
