import { describedBy } from "../engine/headers";
import type { CodedHandshake } from "../engine/challenge";
import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { jsonAnswer, shortToken } from "../recipes/challenges";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://developer.okta.com/docs/concepts/event-hooks/",
  where: "Workflow > Event Hooks > Create Event Hook",
  secret: "the authentication secret, for the authentication field Authorization",
};

const authorization = header("Authorization");

/** Okta's challenge: a header's value is sent back under a JSON name. */
const oktaChallenge: CodedHandshake = {
  method: "GET",
  asked: "before",
  answer({ request }) {
    const value = shortToken(describedBy(request.headers, ["x-okta-verification-challenge"]));
    return value === undefined ? undefined : jsonAnswer({ verification: value });
  },
};

export default sharedToken({
  id: "okta",
  name: "Okta event hooks",
  at: authorization,
  handshakes: [oktaChallenge],
  event: {
    id: "eventId",
    type: ["data.events.*.eventType", { text: "batch" }],
    time: "eventTime",
    entity: "data.events.*.actor.id",
  },
  elements: { at: "data.events.*", id: "uuid", type: "eventType", time: "published", entity: "actor.id" },
});

export const sample: Sample = {
  body: {
    eventId: "b5a1",
    eventTime: NOON,
    data: { events: [{ eventType: "user.lifecycle.create", actor: { id: "00u" } }] },
  },
  event: { id: "b5a1", type: "user.lifecycle.create", entity: "00u", time: NOON },
};
