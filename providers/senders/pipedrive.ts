import { NOON, type Sample, type Setup } from "../engine/sender";
import { basicAuth } from "../recipes/shared-token";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
  where: "Tools and apps > Webhooks > Create webhook, with HTTP auth",
  secret: "user name and password as user:password",
};

/** `meta.attempt` counts the attempts, so the id is a hash of the values that do not change. */
export default basicAuth({
  id: "pipedrive",
  name: "Pipedrive",
  event: {
    hashOf: ["meta.id", "meta.entity_id", "meta.action", "meta.timestamp"],
    type: [["meta.entity", "meta.action"]],
    time: "meta.timestamp",
    entity: "meta.entity_id",
  },
  otherwise: everyEventHasAnId,
});

export const sample: Sample = {
  body: { meta: { id: "u1", entity: "deal", action: "change", entity_id: "1", timestamp: NOON, attempt: 1 } },
  event: { type: "deal.change", entity: "1", time: NOON },
};
