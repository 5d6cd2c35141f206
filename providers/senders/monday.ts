import { headerNames, readHeader } from "../engine/headers";
import { reject } from "../engine/request";
import { claimsOf, holdsNow, makeJwt, momentOf, parseJws, signedBySecret } from "../recipes/jwt";
import { matchSecret, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { jsonAnswer, onlyProperty, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developer.monday.com/api-reference/reference/webhooks",
  where: "create_webhook of the API, by an app, or a recipe of it",
  secret: "the app's signing secret, on Basic Information",
  notes: "Webhooks that are added to a board without an app carry no token and are rejected.",
};

const ID = "monday";
const SIGNATURE = headerNames(["Authorization"]);

/** Answers monday.com's POST of a challenge alone with the same JSON. */
const mondayChallenge = unprovedChallenge("POST", ({ payload }) => {
  const challenge = onlyProperty(payload, "challenge");
  return challenge === undefined ? undefined : jsonAnswer({ challenge });
});

/**
 * A request has a JWT under the app's signing secret. It contains the account and the time but not the body, so anyone
 * who has seen one request can send other events until the token expires. Webhooks that are created without an app have
 * no token and are rejected.
 */
export default defineScheme({
  id: ID,
  name: "monday.com",
  covers: "nothing",
  verify: {
    kind: "custom",
    proof: "a JWT (HS256) in `Authorization`, which says nothing of the body",
    requiredHeaders: [SIGNATURE.name],
    signatureHeader: SIGNATURE.name,
    verify({ request, secrets, now }) {
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const token = parseJws(value.replace(/^Bearer /i, ""));
      if (!token) return reject("header_malformed", `${SIGNATURE.label} is not a JWT`);
      const verdict = matchSecret(secrets, (secret) => signedBySecret(token, secret, ["HS256"]));
      if (!verdict.ok) return verdict;
      const claims = claimsOf(token);
      // Require an end: a token without one would be valid for ever, like a password.
      if (claims?.["exp"] === undefined || !holdsNow(claims, now)) {
        return reject(
          "timestamp_outside_window",
          "the token has expired, does not hold yet, or has no end",
          momentOf(claims),
        );
      }
      return verdict;
    },
    sign(message) {
      const seconds = Math.floor(message.now / 1000);
      const claims = { accountId: 1, userId: 1, aud: message.url, iat: seconds, exp: seconds + 300 };
      const token = makeJwt({ alg: "HS256" }, claims, signingSecret(ID, message));
      return { headers: { [SIGNATURE.name]: token }, body: message.body };
    },
    newSecret: sharedSecret,
  },
  handshakes: [mondayChallenge],
  event: { id: "event.triggerUuid", type: "event.type", time: "event.triggerTime" },
});

export const sample: Sample = {
  body: { event: { triggerUuid: "u1", type: "create_pulse", triggerTime: NOON } },
  event: { id: "u1", type: "create_pulse", time: NOON },
};
