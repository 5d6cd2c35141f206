import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.hashicorp.com/terraform/cloud-docs/workspaces/settings/notifications#notification-authenticity",
  where: "the workspace > Settings > Notifications > Create a Notification > Webhook",
  secret: "the text that you choose as Token",
  notes: "Saving an enabled notification sends one of type verification.",
};

/** HCP Terraform sends one notification for each state of a run. */
export default bodyHmac({
  id: "hcp-terraform",
  name: "HCP Terraform and Terraform Enterprise notifications",
  confidence: "official",
  header: "X-TFE-Notification-Signature",
  hash: "sha512",
  event: { type: "notifications.0.trigger", time: "notifications.0.run_updated_at", entity: "workspace_id" },
  otherwise: { by: "body", because: "Every body has the run, what happened to it, and when." },
});

export const sample: Sample = {
  body: {
    payload_version: 1,
    run_id: "run-1",
    workspace_id: "ws-1",
    notifications: [{ trigger: "run:completed", run_status: "applied", run_updated_at: NOON }],
  },
  event: { type: "run:completed", entity: "ws-1", time: NOON },
};
