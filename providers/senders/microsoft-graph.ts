import { ConfigurationError } from "../engine/errors";
import { reject } from "../engine/request";
import { path } from "../engine/references";
import { tooLarge, unprovedJson } from "../engine/unproved";
import { editJson, withEach, withProperty } from "../engine/json-edit";
import { asObject, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { matchEach, sameText, sharedSecret, signingSecret } from "../engine/secrets";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { shortToken, textAnswer, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
  where: "POST /subscriptions with this address as notificationUrl",
  secret: "the clientState that you choose for the subscription",
};

const ID = "microsoft-graph";

function notificationsOf(payload: unknown): readonly unknown[] | undefined {
  const list = asObject(payload)?.["value"];
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}

/** Text of a validation token: a sentence with the id of a request. */
const SENTENCE = /^[A-Za-z0-9._~+/=:, -]{1,512}$/;

/** Answers Microsoft's POST with a token in the query by sending the decoded token back. */
const validationToken = unprovedChallenge("POST", ({ request }) => {
  const value = shortToken(request.query?.["validationToken"], SENTENCE);
  return value === undefined ? undefined : textAnswer(value);
});

/**
 * Nothing is signed: each notification contains the subscription's `clientState`, a shared secret. Encrypted resource
 * data is published unchanged, and the tokens in `validationTokens` are for the consumer that decrypts it.
 */
export default defineScheme({
  id: ID,
  name: "Microsoft Graph",
  covers: "nothing",
  verify: {
    kind: "custom",
    proof: "the secret in `clientState` of each notification",
    requiredHeaders: [],
    verify({ request, secrets }) {
      const states = notificationsOf(unprovedJson(request.body))?.map((one) =>
        textOf(asObject(one), "clientState"),
      );
      if (!states?.every((state) => state !== undefined)) {
        return reject(
          "body_malformed",
          tooLarge(request.body) ?? "the body holds no notifications, or one of them has no clientState",
        );
      }
      // Accept different secrets in one body: subscriptions change theirs one after the other.
      return matchEach(secrets, states, sameText);
    },
    sign(message) {
      const clientState = signingSecret(ID, message);
      if (!notificationsOf(parseJson(message.body)))
        throw new ConfigurationError(`scheme ${ID} marks notifications: the body holds none`);
      const mark = (one: string) => withProperty(one, ["clientState"], clientState);
      return { headers: {}, body: editJson(message.body, (text) => withEach(text, ["value", "*"], mark)) };
    },
    newSecret: sharedSecret,
  },
  secretFields: [path("value.*.clientState"), path("clientState")],
  handshakes: [validationToken],
  event: { hashOf: "value.*.id", type: ["value.*.changeType", "value.*.lifecycleEvent"] },
  otherwise: { by: "request", because: "A notification without an id says only that a resource changed." },
  elements: {
    at: "value.*",
    id: "id",
    type: ["changeType", "lifecycleEvent"],
    entity: ["resourceData.id", "subscriptionId"],
  },
});

export const sample: Sample = {
  body: { value: [{ id: "n1", changeType: "created", subscriptionId: "s1" }] },
  event: { type: "created" },
};
