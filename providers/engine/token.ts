import { createHash, timingSafeEqual } from "node:crypto";
import { ConfigurationError } from "./errors";
import { headerNames, isPlain, MAX_HEADER_LENGTH, readHeader } from "./headers";
import { perSecret } from "./key";
import { reject, type Rejection, type Verdict, type WebhookRequest } from "./request";
import type { BasicVerification, TokenVerification } from "./scheme";
import type { HeaderRef } from "./references";

export const AUTHORIZATION: HeaderRef = { from: "header", names: ["Authorization"] };

/** @see https://www.rfc-editor.org/rfc/rfc7617 */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Returns a function that reads a secret of the scheme as its hash. Comparing hashes takes the same time for texts of
 * any length.
 */
export function tokenReader(
  scheme: string,
  kind: "token" | "basic",
): (secret: string, index: number) => Buffer {
  return perSecret(scheme, (secret, what) => {
    if (kind === "basic" && !secret.includes(":"))
      throw new ConfigurationError(`${what} is not user:password`);
    return hashOf(secret);
  });
}

/** Decides whether the request carries one of the secrets, given by their hashes. */
export function verifyToken(
  how: TokenVerification | BasicVerification,
  request: WebhookRequest,
  hashes: readonly Buffer[],
): Verdict {
  const given = how.kind === "basic" ? readBasic(request) : readToken(request, how);
  if (typeof given === "object" && "ok" in given) return given;
  const hash = hashOf(given);
  const secretIndex = hashes.findIndex((other) => timingSafeEqual(hash, other));
  if (secretIndex >= 0) return { ok: true, secretIndex };
  return reject("signature_mismatch", "the request carries another secret than the configured one");
}

function readToken(request: WebhookRequest, { at, prefix = "" }: TokenVerification): string | Rejection {
  if (at.from === "query") {
    const value = Object.hasOwn(request.query ?? {}, at.name) ? request.query?.[at.name] : undefined;
    if (value === undefined) return reject("header_missing", `no parameter ${at.name} in the query`);
    return usable(value, `parameter ${at.name} of the query`);
  }
  const value = readHeader(request.headers, headerNames(at.names));
  if (typeof value !== "string") return value;
  const label = `header ${at.names.join(" or ")}`;
  if (!value.startsWith(prefix)) return reject("header_malformed", `${label} does not begin with ${prefix}`);
  return usable(value.slice(prefix.length), label);
}

function usable(value: string, label: string): string | Rejection {
  if (value !== "" && value.length <= MAX_HEADER_LENGTH && isPlain(value)) return value;
  return reject(
    "header_malformed",
    `${label} is empty, too long, or holds other characters than printable ASCII`,
  );
}

function readBasic(request: WebhookRequest): Buffer | Rejection {
  const value = readHeader(request.headers, headerNames(AUTHORIZATION.names));
  if (typeof value !== "string") return value;
  const text = BASIC.exec(value)?.[1] ?? "";
  const credentials = Buffer.from(text, "base64");
  // Accept canonical base64 only, as every other decoder here does.
  if (text !== "" && credentials.toString("base64") === text) return credentials;
  return reject("header_malformed", "header Authorization holds no Basic credentials");
}

function hashOf(text: string | Buffer): Buffer {
  return createHash("sha256").update(text).digest();
}
