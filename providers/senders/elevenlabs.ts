import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { likeStripe, timestampedHmac } from "../recipes/timestamped-hmac";

export const setup: Setup = {
  docs: "https://elevenlabs.io/docs",
  where: "Settings > Webhooks",
  secret: "the secret that is shown once",
};

/**
 * One catalogue lists this as Standard Webhooks; ElevenLabs's reference and a second source agree on the form used
 * here.
 */
export default timestampedHmac({
  id: "elevenlabs",
  name: "ElevenLabs",
  header: "ElevenLabs-Signature",
  ...likeStripe("s", 1800, "v0"),
  success: 200,
  event: { type: "type", time: { s: "event_timestamp" }, entity: ["data.conversation_id", "data.agent_id"] },
  otherwise: { by: "body", because: "Every body has the time of the event and the id of what it is about." },
});

export const sample: Sample = {
  body: { type: "post_call_transcription", event_timestamp: NOON_S, data: { conversation_id: "c1" } },
  event: { type: "post_call_transcription", entity: "c1", time: NOON },
};
