import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.flutterwave.com/docs/webhooks",
  where: "Dashboard > Settings > Webhooks",
  secret: "the secret hash that you choose",
  notes:
    "Version 3 sends the secret hash in verif-hash: describe that as a token of your own, { token: { header: verif-hash } }.",
};

/** This is the signature of version 4. Version 3 sends the secret itself in `verif-hash`. */
export default bodyHmac({
  id: "flutterwave",
  name: "Flutterwave (v4)",
  header: "flutterwave-signature",
  encoding: "base64",
  event: { type: ["type", "event"], time: { "s-or-ms": "timestamp" }, entity: "data.id" },
  otherwise: { by: "body", because: "Every body has the transaction, its state and a time." },
});

export const sample: Sample = {
  body: { type: "charge.completed", timestamp: NOON_MS, data: { id: "chg_1", status: "succeeded" } },
  event: { type: "charge.completed", entity: "chg_1", time: NOON },
};
