import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { echoHeader, jsonAnswer } from "../recipes/challenges";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://developer.okta.com/docs/concepts/event-hooks/",
  where: "Workflow > Event Hooks > Create Event Hook",
  secret: "the authentication secret, for the authentication field Authorization",
};

export default sharedToken({
  id: "okta",
  name: "Okta event hooks",
  at: header("Authorization"),
  handshakes: [
    echoHeader("GET", "x-okta-verification-challenge", (value) => jsonAnswer({ verification: value })),
  ],
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
