import { NOON, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  where: "Dashboard > Webhooks > Create webhook",
  secret: "the webhook's secret",
};

/** The time is in milliseconds, and a space follows the comma. */
export default timestampedHmac({
  id: "workos",
  name: "WorkOS",
  confidence: "official",
  header: "WorkOS-Signature",
  ...likeStripe("ms", 180),
  success: 200,
  event: {
    id: "id",
    type: "event",
    time: "created_at",
    entity: ["data.directory_id", "data.organization_id", "data.id"],
  },
});

export const sample: Sample = {
  body: { id: "event_1", event: "dsync.user.created", created_at: NOON, data: { directory_id: "dir_1" } },
  event: { id: "event_1", type: "dsync.user.created", entity: "dir_1", time: NOON },
};
