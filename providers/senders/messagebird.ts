import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHashJwt } from "../recipes/body-hash-jwt";

export const setup: Setup = {
  docs: "https://developers.messagebird.com/api/#verifying-http-requests",
  where: "dashboard > Developers > Webhooks, or the API",
  secret: "the signing key, on Developers > API settings",
};

/** @see https://github.com/messagebird/messagebird-nodejs/blob/master/lib/webhook-signature-jwt.js */
export default bodyHashJwt({
  id: "messagebird",
  name: "Bird (MessageBird)",
  confidence: "official",
  header: "MessageBird-Signature-JWT",
  issuer: "MessageBird",
  algorithms: ["HS256", "HS384", "HS512"],
  bodyHash: "payload_hash",
  urlHash: "url_hash",
  lifetime: 60,
  event: {
    type: ["type", "status"],
    time: ["message.updatedDatetime", "statusDatetime"],
    entity: ["conversation.id", "message.id", "id"],
  },
  otherwise: { by: "body", because: "Every body has what happened to which message, and when." },
});

export const sample: Sample = {
  body: { type: "message.created", conversation: { id: "c1" }, message: { id: "m1", updatedDatetime: NOON } },
  event: { type: "message.created", entity: "c1", time: NOON },
};
