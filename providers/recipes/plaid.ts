import type { Sample, Setup } from "../engine/sender";
import { createHash } from "node:crypto";
import { headerNames, readHeader } from "../engine/headers";
import { allowedKeyUrl } from "../engine/key-url";
import { reject, type WebhookRequest } from "../engine/request";
import type { Scheme } from "../engine/scheme";
import { outsideWindow } from "../engine/clock";
import { asObject, objectOf, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { defineScheme } from "./define-scheme";
import { claimsOf, keyFromSet, makeJwt, parseJws, signedByKey } from "./jwt";
import { sameText, signingSecret, twoParts } from "../engine/secrets";
import { keyPair } from "../engine/test-keys";

const SIGNATURE = headerNames(["Plaid-Verification"]);

/** Seconds that clocks may differ, according to Plaid's docs. */
const WINDOW = 300;

/** API hosts. Each environment has its own keys and secrets. */
const HOSTS = { plaid: "production.plaid.com", "plaid-sandbox": "sandbox.plaid.com" } as const;

function tokenOf(request: WebhookRequest) {
  const value = readHeader(request.headers, SIGNATURE);
  return typeof value === "string" ? parseJws(value) : value;
}

/**
 * Returns a scheme with a JWT in a header that contains the hash of the body. Its key comes from Plaid's API, so the
 * secret is `<client id>:<client secret>`.
 */
export function plaidAt(id: keyof typeof HOSTS, name: string): Scheme {
  return defineScheme({
    id,
    name,
    verify: {
      kind: "custom",
      proof:
        "a JWT (ES256) in `Plaid-Verification` with the hash of the body; window 300 s; the key is fetched from Plaid",
      requiredHeaders: [SIGNATURE.name],
      onlyProviderSigns: "Handlers check Plaid's signature with the key that they fetch from Plaid.",
      signatureHeader: SIGNATURE.name,
      keyRequest(request, secrets) {
        const token = tokenOf(request);
        if (!token || "ok" in token || token.algorithm !== "ES256") return undefined;
        // Check the key's id, which goes into an API call with our credentials; Plaid's ids are UUIDs.
        if (!/^[A-Za-z0-9-]{1,64}$/.test(token.keyId ?? "")) return undefined;
        const url = allowedKeyUrl(`https://${HOSTS[id]}/webhook_verification_key/get`, [
          { host: HOSTS[id], path: /^\/webhook_verification_key\/get$/ },
        ]);
        const [client_id, secret] = twoParts(secrets[0] ?? "", 0, id, "<client id>:<client secret>");
        return url === undefined
          ? undefined
          : { url, body: JSON.stringify({ client_id, secret, key_id: token.keyId }) };
      },
      verify({ request, secrets, now, fetched }) {
        twoParts(secrets[0] ?? "", 0, id, "<client id>:<client secret>");
        const token = tokenOf(request);
        if (!token) return reject("header_malformed", `${SIGNATURE.label} is not a JWT`);
        if ("ok" in token) return token;
        const answer = objectOf(asObject(parseJson(fetched ?? "")), "key");
        const key = answer && keyFromSet(JSON.stringify(answer), token.keyId);
        if (!key) return reject("signature_mismatch", "Plaid knows no key of the id that the token names");
        if (answer["expired_at"] !== undefined && answer["expired_at"] !== null) {
          return reject("signature_mismatch", "the key that the token names has expired");
        }
        if (!signedByKey(token, key, ["ES256"]))
          return reject("signature_mismatch", "Plaid's key did not sign the token");
        const claims = claimsOf(token);
        const issued = claims?.["iat"];
        const digest = createHash("sha256").update(request.body).digest("hex");
        if (!sameText(textOf(claims, "request_body_sha256") ?? "", digest)) {
          return reject("signature_mismatch", "the token is for another body");
        }
        if (typeof issued !== "number")
          return reject("header_malformed", "the token does not say when it was issued");
        const late = outsideWindow(issued * 1000, now, WINDOW);
        return late ?? { ok: true, secretIndex: 0, timestamp: issued * 1000 };
      },
      sign(message) {
        const claims = {
          iat: Math.floor(message.now / 1000),
          request_body_sha256: createHash("sha256").update(message.body).digest("hex"),
        };
        const header = { alg: "ES256", kid: message.id ?? "test-key" };
        return {
          headers: { [SIGNATURE.name]: makeJwt(header, claims, signingSecret(id, message)) },
          body: message.body,
        };
      },
      newSecret: () => ({ secret: "client-id:client-secret", signWith: keyPair("ec").signWith }),
    },
    event: { type: [["webhook_type", "webhook_code"]] },
    otherwise: {
      by: "body-and-time",
      because: "A body such as that of SYNC_UPDATES_AVAILABLE is the same every time.",
    },
  });
}

export const plaidSetup: Setup = {
  docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
  where: "the webhook parameter of /link/token/create",
  secret: "`<client id>:<secret>` of the environment, from Developers > Keys",
};

export const plaidSample: Sample = {
  body: { webhook_type: "TRANSACTIONS", webhook_code: "SYNC_UPDATES_AVAILABLE", item_id: "item_1" },
  event: { type: "TRANSACTIONS.SYNC_UPDATES_AVAILABLE" },
};
