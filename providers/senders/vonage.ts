import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHashJwt } from "../recipes/body-hash-jwt";

export const setup: Setup = {
  docs: "https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks",
  where: "dashboard > Applications > your application, with signed webhooks",
  secret: "the account's signature secret, on API Settings",
};

/**
 * Vonage sends one webhook for each state of a message. Older SMS webhooks with a parameter `sig` are not supported.
 */
export default bodyHashJwt({
  id: "vonage",
  name: "Vonage (Messages, Voice)",
  header: "Authorization",
  prefix: "Bearer ",
  issuer: "Vonage",
  algorithms: ["HS256"],
  bodyHash: "payload_hash",
  event: {
    type: ["status", "message_type"],
    time: "timestamp",
    entity: ["message_uuid", "conversation_uuid", "uuid"],
  },
  otherwise: { by: "body", because: "Every body has the message or the call, its state and the time." },
});

export const sample: Sample = {
  body: { message_uuid: "u1", status: "delivered", timestamp: NOON },
  event: { type: "delivered", entity: "u1", time: NOON },
};
