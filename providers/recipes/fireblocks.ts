import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { headerNames, readHeader } from "../engine/headers";
import { allowedKeyUrl } from "../engine/key-url";
import { reject } from "../engine/request";
import type { Scheme } from "../engine/scheme";
import { asObject, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { defineScheme } from "./define-scheme";
import { keyFromSet, makeJws, parseJws, signedByKey } from "./jwt";
import { matchSecret, sameText, signingSecret } from "../engine/secrets";
import { keyPair } from "../engine/test-keys";

const SIGNATURE = headerNames(["Fireblocks-Webhook-Signature"]);

/** @see https://developers.fireblocks.com/reference/validating-webhooks */
const HOSTS = {
  fireblocks: "keys.fireblocks.io",
  "fireblocks-eu": "eu-keys.fireblocks.io",
  "fireblocks-eu2": "eu2-keys.fireblocks.io",
  "fireblocks-sandbox": "sandbox-keys.fireblocks.io",
} as const;

/**
 * Returns a scheme with a detached JWS over the body. Fireblocks signs for all its customers with the same keys, so the
 * signature alone does not say whose webhook it is: the secret is the id of the operator's own workspace, which the
 * signed body names.
 */
export function fireblocksAt(id: keyof typeof HOSTS, name: string): Scheme {
  return defineScheme({
    id,
    name,
    confidence: "official",
    verify: {
      kind: "custom",
      proof:
        "a detached JWS (RS512) in `Fireblocks-Webhook-Signature` over the body; the key is fetched from Fireblocks",
      requiredHeaders: [SIGNATURE.name],
      onlyProviderSigns:
        "Handlers check Fireblocks's signature with the key set that they fetch from Fireblocks.",
      signatureHeader: SIGNATURE.name,
      keyRequest() {
        const url = allowedKeyUrl(`https://${HOSTS[id]}/.well-known/jwks.json`, [
          { host: HOSTS[id], path: /^\/\.well-known\/jwks\.json$/ },
        ]);
        return url === undefined ? undefined : { url };
      },
      verify({ request, secrets, fetched }) {
        const value = readHeader(request.headers, SIGNATURE);
        if (typeof value !== "string") return value;
        const token = parseJws(value);
        if (!token || token.payload !== "")
          return reject("header_malformed", `${SIGNATURE.label} is not a detached JWS`);
        const key = keyFromSet(fetched, token.keyId);
        if (!key || !signedByKey(token, key, ["RS512"], request.body.toString("base64url"))) {
          return reject("signature_mismatch", "no key of Fireblocks with the named id signed this");
        }
        const workspace = textOf(asObject(parseJson(request.body)), "workspaceId");
        if (workspace === undefined) return reject("signature_mismatch", "the body names no workspace");
        const verdict = matchSecret(secrets, (secret) => sameText(secret, workspace));
        return verdict.ok ? verdict : reject("signature_mismatch", "it is of another workspace");
      },
      sign(message) {
        const header = { alg: "RS512", kid: "test-key" };
        const full = makeJws(header, message.body.toString("base64url"), signingSecret(id, message));
        const [head = "", , signature = ""] = full.split(".");
        return { headers: { [SIGNATURE.name]: `${head}..${signature}` }, body: message.body };
      },
      newSecret: () => ({ secret: "0c1f8a52-workspace", signWith: keyPair("rsa").signWith }),
    },
    event: { id: "id", type: "eventType", time: { ms: "createdAt" } },
  });
}

export const fireblocksSetup: Setup = {
  docs: "https://developers.fireblocks.com/reference/validating-webhooks",
  where: "Developer Center > Webhooks",
  secret: "the id of your workspace",
};

export const fireblocksSample: Sample = {
  body: {
    id: "evt_1",
    eventType: "transaction.created",
    createdAt: NOON_MS,
    workspaceId: "0c1f8a52-workspace",
  },
  event: { id: "evt_1", type: "transaction.created", time: NOON },
};
