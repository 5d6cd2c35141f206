import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
  where: "developer.intuit.com > your app > Webhooks",
  secret: "the verifier token",
};

/** Bodies are lists of CloudEvents. Until 2026 they were `eventNotifications`, whose entities have no event id. */
export default bodyHmac({
  id: "quickbooks",
  name: "Intuit QuickBooks Online",
  header: "intuit-signature",
  encoding: "base64",
  event: {
    type: ["*.type", "eventNotifications.*.dataChangeEvent.entities.*.operation"],
    time: "*.time",
    entity: ["*.intuitaccountid", "eventNotifications.*.realmId"],
  },
  otherwise: {
    by: "body",
    because: "Every body has ids of its events, or the times at which entities changed.",
  },
  elements: { at: "*", id: "id", type: "type", time: "time", entity: "intuitaccountid" },
});

export const sample: Sample = {
  body: [
    {
      specversion: "1.0",
      id: "88cd52aa-33b6-4351-9aa4-47572edbd068",
      type: "qbo.customer.created.v1",
      time: NOON,
      intuitaccountid: "310687",
    },
  ],
  event: { type: "qbo.customer.created.v1", entity: "310687", time: NOON },
};
