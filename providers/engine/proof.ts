import { compile } from "./compile";
import { acceptsChallenge } from "./handshake";
import type { WebhookRequest } from "./request";
import { isSigned, type Coverage, type Scheme } from "./scheme";

/**
 * Returns the headers that every request of this scheme must have, in canonical case, for a validator at the endpoint.
 * Empty if the provider also posts a challenge without them.
 */
export function requiredHeaders(scheme: Scheme): readonly string[] {
  return acceptsChallenge(scheme, "POST") ? [] : compile(scheme).requiredHeaders;
}

/**
 * Returns the header with the signature, in canonical case, for which a request may have `X-Webhook-Signature` instead.
 * Undefined if the proof is not in a header.
 */
export function signatureHeader({ verify }: Scheme): string | undefined {
  if (isSigned(verify)) return verify.signature.headers[0];
  if (verify.kind === "custom") return verify.signatureHeader;
  if (verify.kind === "basic") return "Authorization";
  return verify.kind === "token" && verify.at.from === "header" ? verify.at.names[0] : undefined;
}

/** Returns what a scheme proves about the body; `unsigned` if it proves nothing at all and has no secret. */
export function coverage({ verify, covers }: Scheme): "body" | Coverage | "unsigned" {
  return verify.kind === "none" ? "unsigned" : (covers ?? "body");
}

/**
 * Returns whether a request contains anything of this scheme's proof, right or wrong; true if the proof is in the body.
 * A request without it does not come from the provider, so a wrong secret cannot be the reason for its rejection.
 */
export function carriesProof(scheme: Scheme, { headers, query = {} }: WebhookRequest): boolean {
  const { verify } = scheme;
  if (verify.kind === "token" && verify.at.from === "query") return Object.hasOwn(query, verify.at.name);
  const names = [
    ...proofHeaders(scheme),
    ...(verify.kind === "custom" ? lowerCase(verify.requiredHeaders) : []),
  ];
  return names.length === 0 || Object.keys(headers).some((name) => names.some((own) => name.startsWith(own)));
}

/**
 * Returns the headers with a scheme's signature, token or password, in lower case. Some providers add numbers to the
 * names. Empty if the proof is elsewhere.
 */
export function proofHeaders({ verify }: Scheme): readonly string[] {
  if (isSigned(verify)) return lowerCase(verify.signature.headers);
  if (verify.kind === "token") return verify.at.from === "header" ? lowerCase(verify.at.names) : [];
  if (verify.kind === "custom")
    return lowerCase(verify.signatureHeader === undefined ? [] : [verify.signatureHeader]);
  return verify.kind === "basic" ? ["authorization"] : [];
}

const lowerCase = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());
