import { body, field, key } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { timestamp } from "../recipes/signing-time";
import { timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://github.com/TryGhost/Ghost/pull/20500",
  where: "Settings > Advanced > Integrations > Add custom integration > Add webhook",
  secret: "the text that you enter as Secret; without one Ghost does not sign",
  notes:
    "The body does not name the event: configure a provider for each event that you have to tell apart, which also keeps those of one change from being taken for duplicates. Ghost before 5.87.1 signs without the time and is rejected.",
};

const RESOURCES = ["post", "page", "tag", "member"];

/** The body has the object that the event is about, but neither an id nor a name of the event. */
export default timestampedHmac({
  id: "ghost",
  name: "Ghost",
  confidence: "vector",
  header: "X-Ghost-Signature",
  list: { signature: "sha256", separator: ", ", fields: "last" },
  timestamp: { ms: field("t") },
  content: [body, timestamp],
  event: {
    type: key(...RESOURCES),
    time: RESOURCES.map((name) => `${name}.current.updated_at`),
    entity: RESOURCES.flatMap((name) => [`${name}.current.id`, `${name}.previous.id`]),
  },
  otherwise: {
    by: "body-and-time",
    because: "Bodies can repeat; a retry of Ghost keeps its time.",
  },
});

export const sample: Sample = {
  body: { post: { current: { id: "67447438e61f", updated_at: NOON }, previous: {} } },
  event: { type: "post", entity: "67447438e61f", time: NOON },
};
