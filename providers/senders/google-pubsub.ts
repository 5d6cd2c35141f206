import { ConfigurationError } from "../engine/errors";
import { headerNames, readHeader } from "../engine/headers";
import { allowedKeyUrl } from "../engine/key-url";
import { textOf } from "../engine/json-object";
import { reject } from "../engine/request";
import { sameText, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { keyPair } from "../engine/test-keys";
import { defineScheme } from "../recipes/define-scheme";
import { claimsOf, holdsNow, keyFromSet, makeJwt, parseJws, signedByKey } from "../recipes/jwt";

export const setup: Setup = {
  docs: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
  where:
    "Pub/Sub > the subscription > Delivery type Push, with Enable authentication and without payload unwrapping",
  secret:
    "the e-mail address of the subscription's service account; `<e-mail>:<audience>` if you entered an audience of your own",
  notes:
    "Also for Google Play, Gmail and Cloud Storage, whose notifications are messages. The data of a message is base64.",
};

const ID = "google-pubsub";
const SIGNATURE = headerNames(["Authorization"]);
const PREFIX = "Bearer ";

/** @see https://developers.google.com/identity/openid-connect/openid-connect#discovery */
const HOST = "www.googleapis.com";
const KEYS = "/oauth2/v3/certs";
const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];

/** Service account in the tokens of {@link CustomVerification.sign}, for tests and the local stack. */
const TEST_ACCOUNT = "push@project.iam.gserviceaccount.com";

interface Expected {
  readonly account: string;
  /** Audience of the token; undefined for the endpoint's own URL. */
  readonly audience: string | undefined;
}

/**
 * Parses a secret `<service account>` or `<service account>:<audience>`. @throws ConfigurationError if it is neither
 */
function expectedOf(secret: string, index: number): Expected {
  const [account = "", ...audience] = secret.split(":");
  if (!/^[^@\s]+@[^@\s]+$/.test(account))
    throw new ConfigurationError(
      `secret ${index} of scheme ${ID} is not the e-mail address of a service account`,
    );
  return { account, audience: audience.length === 0 ? undefined : audience.join(":") };
}

/**
 * A request has Google's OIDC token for the subscription's service account, which does not cover the body. Everyone can
 * get such a token for an account of their own and this endpoint, so the account is what proves the provider.
 */
export default defineScheme({
  id: ID,
  name: "Google Cloud Pub/Sub push",
  confidence: "official",
  covers: "nothing",
  verify: {
    kind: "custom",
    proof:
      "an OIDC token (RS256) of the subscription's service account in `Authorization`, for this address; the keys are fetched from Google",
    requiredHeaders: [SIGNATURE.name],
    signatureHeader: SIGNATURE.name,
    onlyProviderSigns: "Handlers check Google's token with the keys that they fetch from Google.",
    keyRequest() {
      const url = allowedKeyUrl(`https://${HOST}${KEYS}`, [{ host: HOST, path: /^\/oauth2\/v3\/certs$/ }]);
      return url === undefined ? undefined : { url };
    },
    verify({ request, secrets, now, fetched }) {
      const expected = secrets.map(expectedOf);
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const token = value.startsWith(PREFIX) ? parseJws(value.slice(PREFIX.length)) : undefined;
      if (!token) return reject("header_malformed", `${SIGNATURE.label} is not ${PREFIX}<JWT>`);
      const key = keyFromSet(fetched, token.keyId);
      if (!key || !signedByKey(token, key, ["RS256"]))
        return reject("signature_mismatch", "no key of Google with the named id signed this");
      const claims = claimsOf(token) ?? {};
      if (!ISSUERS.includes(textOf(claims, "iss") ?? "") || claims["email_verified"] !== true)
        return reject("signature_mismatch", "the token is no identity token of Google");
      if (claims["exp"] === undefined || !holdsNow(claims, now))
        return reject("timestamp_outside_window", "the token has ended, or has not begun");
      const [email, audience] = [textOf(claims, "email") ?? "", textOf(claims, "aud") ?? ""];
      if (!expected.some(({ account }) => sameText(account, email)))
        return reject("signature_mismatch", "the token is of another service account");
      const secretIndex = expected.findIndex(
        (one) => sameText(one.account, email) && sameText(one.audience ?? request.url ?? "", audience),
      );
      return secretIndex < 0
        ? reject("signature_mismatch", "the token is for another audience")
        : { ok: true, secretIndex };
    },
    sign(message) {
      const seconds = Math.floor(message.now / 1000);
      const claims = {
        iss: ISSUERS[0],
        aud: message.url ?? "",
        email: TEST_ACCOUNT,
        email_verified: true,
        iat: seconds,
        exp: seconds + 3_600,
      };
      const token = makeJwt({ alg: "RS256", kid: "test-key" }, claims, signingSecret(ID, message));
      return { headers: { [SIGNATURE.name]: `${PREFIX}${token}` }, body: message.body };
    },
    newSecret: () => ({ secret: TEST_ACCOUNT, signWith: keyPair("rsa").signWith }),
  },
  event: {
    id: "message.messageId",
    type: ["message.attributes.eventType", { text: "message" }],
    time: "message.publishTime",
    entity: ["message.orderingKey", "subscription"],
  },
});

export const sample: Sample = {
  body: {
    message: {
      attributes: { eventType: "OBJECT_FINALIZE" },
      data: "e30=",
      messageId: "2070443601311540",
      publishTime: NOON,
    },
    subscription: "projects/p/subscriptions/s",
  },
  event: {
    id: "2070443601311540",
    type: "OBJECT_FINALIZE",
    entity: "projects/p/subscriptions/s",
    time: NOON,
  },
};
