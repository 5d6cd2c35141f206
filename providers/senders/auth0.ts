import { header } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
  where: "Monitoring > Streams > Create Stream > Custom Webhook",
  secret: "the whole text that you enter as Authorization Token",
};

/** A body is a batch of events. */
export default sharedToken({
  id: "auth0",
  name: "Auth0 log streams",
  at: header("Authorization"),
  event: {
    hashOf: "*.log_id",
    type: ["*.data.type", { text: "batch" }],
    time: "*.data.date",
    entity: "*.data.user_id",
  },
  otherwise: everyEventHasAnId,
  elements: { at: "*", id: "log_id", type: "data.type", time: "data.date", entity: "data.user_id" },
});

export const sample: Sample = {
  body: [{ log_id: "90020", data: { type: "s", date: NOON, user_id: "auth0|1" } }],
  event: { type: "s", entity: "auth0|1", time: NOON },
};
