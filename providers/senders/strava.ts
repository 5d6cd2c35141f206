import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { hubChallenge, jsonAnswer } from "../recipes/challenges";
import { unsigned } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://developers.strava.com/docs/webhooks/",
  where: "POST /api/v3/push_subscriptions of the API",
  secret: "none",
  notes: "Take the webhook as a hint and fetch the object from Strava before you act on it.",
};

export default unsigned({
  id: "strava",
  name: "Strava",
  success: 200,
  handshakes: [hubChallenge((value) => jsonAnswer({ "hub.challenge": value }))],
  event: { type: [["object_type", "aspect_type"]], time: { s: "event_time" }, entity: "owner_id" },
  otherwise: { by: "body", because: "Every body has the time of the event and the id of its object." },
});

export const sample: Sample = {
  body: { object_type: "activity", aspect_type: "create", event_time: NOON_S, owner_id: 134815 },
  event: { type: "activity.create", entity: "134815", time: NOON },
};
