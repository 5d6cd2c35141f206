import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.clickup.com/docs/webhooksignature",
  where: "Create Webhook of the API: POST /api/v2/team/{team_id}/webhook",
  secret: "webhook.secret of its response",
};

export default bodyHmac({
  id: "clickup",
  name: "ClickUp",
  confidence: "official",
  header: "X-Signature",
  event: {
    hashOf: ["webhook_id", "event", "history_items.*.id"],
    type: "event",
    time: { ms: "history_items.0.date" },
    entity: ["task_id", "list_id", "folder_id", "space_id", "goal_id"],
  },
  otherwise: {
    by: "request",
    because:
      "Events without history items, such as taskDeleted, have nothing that distinguishes two of them.",
  },
});

export const sample: Sample = {
  body: {
    webhook_id: "7689a169-a000-4985-8676-6902b96d6627",
    event: "taskUpdated",
    task_id: "c0j",
    history_items: [{ id: "2800763136717140857", date: "1772366400000" }],
  },
  event: { type: "taskUpdated", entity: "c0j", time: NOON },
};
