import { describedBy } from "../engine/headers";
import type { CodedHandshake } from "../engine/challenge";
import { header, path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { jsonAnswer, shortToken } from "../recipes/challenges";
import { sharedToken } from "../recipes/shared-token";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://developer.okta.com/docs/concepts/event-hooks/",
  where: "Workflow > Event Hooks > Create Event Hook",
  secret: "the authentication secret, for the authentication field Authorization",
};

export const sample: Sample = {
  body: {
    eventId: "b5a1",
    eventTime: "2026-03-01T12:00:00.000Z",
    data: { events: [{ eventType: "user.lifecycle.create", actor: { id: "00u" } }] },
  },
  event: { id: "b5a1", type: "user.lifecycle.create", entity: "00u", time: "2026-03-01T12:00:00.000Z" },
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
  confidence: "secondary",
  at: authorization,
  handshakes: [oktaChallenge],
  event: {
    otherwise: everyEventHasAnId,
    id: [path("eventId")],
    type: [[path("data.events.*.eventType")], ["batch"]],
    time: [{ at: path("eventTime"), unit: "iso" }],
    entity: [path("data.events.*.actor.id")],
  },
  elements: {
    at: [path("data.events.*")],
    id: [[path("uuid")]],
    type: [[path("eventType")]],
    time: [{ at: path("published"), unit: "iso" }],
    entity: [path("actor.id")],
  },
});
