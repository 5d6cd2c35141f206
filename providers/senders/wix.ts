import { createHash } from "node:crypto";
import { withoutByteOrderMarks } from "../engine/body";
import { reject, type WebhookRequest } from "../engine/request";
import { editJson, withProperty } from "../engine/json-edit";
import { asObject, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import {
  claimsOf,
  holdsNow,
  keyFromPem,
  makeJws,
  makeJwt,
  momentOf,
  parseJws,
  signedByKey,
  type Jws,
} from "../recipes/jwt";
import { MAX_UNPROVED_BYTES, tooLarge } from "../engine/unproved";
import { matchSecret, signingSecret } from "../engine/secrets";
import { keyPair } from "../engine/test-keys";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://dev.wix.com/docs/build-apps/develop-your-app/access/authentication/verify-requests-received-from-wix",
  where: "Custom Apps > your app > Webhooks",
  secret: "the app's public key in PEM",
};

const ID = "wix";

const tokenOf = ({ body }: Pick<WebhookRequest, "body">) =>
  body.length > MAX_UNPROVED_BYTES
    ? undefined
    : parseJws(withoutByteOrderMarks(body).toString("latin1").trim());

/**
 * Returns the id of the token, or of the event inside its claim `data`; otherwise the hash of the signed content.
 * Anyone can change white space around the token and the spelling of its signature.
 * @see https://dev.wix.com/docs/rest/articles/get-started/webhook-structure
 */
function idOf(token: Jws): string {
  const claims = claimsOf(token);
  const outer = asObject(parseJson(textOf(claims, "data") ?? ""));
  const event = asObject(parseJson(textOf(outer, "data") ?? ""));
  return (
    [textOf(claims, "jti"), textOf(event, "id")].find((id) => id !== undefined && id.trim() !== "") ??
    createHash("sha256").update(`${token.header}.${token.payload}`).digest("hex")
  );
}

/** Returns the provider's token with a new signature, and valid from now on for as long as before. */
function signedAgain(token: Jws, now: number, key: string): string {
  const { iat, exp } = claimsOf(token) ?? {};
  const payload = editJson(Buffer.from(token.payload, "base64url"), (text) => {
    const issued = iat === undefined ? text : withProperty(text, ["iat"], now);
    if (typeof exp !== "number") return issued;
    const seconds = typeof iat === "number" ? exp - iat : 3600;
    return withProperty(issued, ["exp"], now + seconds);
  });
  const header = { alg: "RS256", ...(token.keyId !== undefined && { kid: token.keyId }) };
  return makeJws(header, payload.toString("base64url"), key);
}

/** The whole body is a JWT whose claim `data` is JSON text. The secret is the app's public key in PEM. */
export default defineScheme({
  id: ID,
  name: "Wix",
  contentTypes: ["text/plain", "application/jwt"],
  verify: {
    kind: "custom",
    proof: "the body is a JWT (RS256)",
    ownKeyPair: true,
    requiredHeaders: [],
    verify({ request, secrets, now }) {
      const keys = secrets.map((secret, index) => keyFromPem(secret, `secret ${index} of scheme ${ID}`));
      const token = tokenOf(request);
      if (!token) return reject("body_malformed", tooLarge(request.body) ?? "the body is not a JWT");
      const verdict = matchSecret(secrets, (secret) => {
        const key = keys[secrets.indexOf(secret)];
        return key !== undefined && signedByKey(token, key, ["RS256"]);
      });
      if (!verdict.ok) return verdict;
      const claims = claimsOf(token);
      if (!claims || !holdsNow(claims, now))
        return reject("timestamp_outside_window", "the token does not hold now", momentOf(claims));
      return verdict;
    },
    sign(message) {
      const key = signingSecret(ID, message);
      const seconds = Math.floor(message.now / 1000);
      const sent = message.original && tokenOf({ body: message.body });
      if (sent) return { headers: {}, body: Buffer.from(signedAgain(sent, seconds, key)) };
      const claims = { data: message.body.toString(), iat: seconds, exp: seconds + 3600 };
      const token = makeJwt({ alg: "RS256" }, claims, key);
      return { headers: { "Content-Type": "text/plain" }, body: Buffer.from(token) };
    },
    newSecret: () => keyPair("rsa"),
    eventId: (request) => {
      const token = tokenOf(request);
      return token && idOf(token);
    },
  },
  unwrap: (request) => {
    const token = tokenOf(request);
    const data = token && textOf(claimsOf(token), "data");
    if (data === undefined || typeof parseJson(data) !== "object") return undefined;
    return { bytes: Buffer.from(data), mediaType: "application/json" };
  },
  event: { type: "eventType" },
  otherwise: everyEventHasAnId,
});

export const sample: Sample = {
  body: { id: "e1", eventType: "wix.stores.order_paid", instanceId: "i1" },
  event: { type: "wix.stores.order_paid" },
};
