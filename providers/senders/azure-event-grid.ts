import { path, query } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { jsonAnswer, provedChallenge, shortToken } from "../recipes/challenges";
import { everyEventHasAnId } from "../recipes/otherwise";
import { sharedToken } from "../recipes/shared-token";
import { valueAt } from "../engine/payload";

export const setup: Setup = {
  docs: "https://learn.microsoft.com/en-us/azure/event-grid/secure-webhook-delivery",
  where: "the topic > Event Subscription > Web Hook, in the Event Grid schema",
  secret: "a random text that you choose; the address gets ?secret=<it> behind it",
};

/** @see https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema */
const VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent";

/** Answers the validation of a subscription. Its URL has the secret, like that of every request. */
const validation = provedChallenge(({ payload }) => {
  if (valueAt(payload, path("0.eventType")) !== VALIDATION) return undefined;
  const code = shortToken(valueAt(payload, path("0.data.validationCode")));
  return code === undefined ? undefined : jsonAnswer({ validationResponse: code });
});

/** Event Grid signs nothing. Besides tokens of Microsoft Entra, its docs describe a secret in a query parameter. */
export default sharedToken({
  id: "azure-event-grid",
  name: "Azure Event Grid",
  confidence: "official",
  at: query("secret"),
  handshakes: [validation],
  event: { type: "*.eventType", time: "*.eventTime", entity: "*.subject" },
  otherwise: everyEventHasAnId,
  elements: { at: "*", id: "id", type: "eventType", time: "eventTime", entity: "subject" },
});

export const sample: Sample = {
  body: [
    {
      id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
      topic: "/subscriptions/s1",
      subject: "/blobServices/default/containers/c1",
      eventType: "Microsoft.Storage.BlobCreated",
      eventTime: NOON,
      data: {},
      dataVersion: "",
      metadataVersion: "1",
    },
  ],
  event: { type: "Microsoft.Storage.BlobCreated", entity: "/blobServices/default/containers/c1", time: NOON },
};
