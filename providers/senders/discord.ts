import { valueAt } from "../engine/payload";
import { header, path } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { jsonAnswer, provedChallenge } from "../recipes/challenges";
import { publicKey } from "../recipes/public-key";

export const setup: Setup = {
  docs: "https://docs.discord.com/developers/events/webhook-events",
  where: "Developer Portal > your app > Webhooks > Endpoint",
  secret: "the public key, on General Information",
};

/** Answers Discord's PING. Discord also sends PINGs with wrong signatures and then expects 401. */
const discordPing = provedChallenge(({ payload }) => {
  const type = valueAt(payload, path("type"));
  // Check for an event: interactions have PINGs of type 1, which is also the type of every webhook event, whose PINGs
  // have type 0.
  const isEvent = valueAt(payload, path("event")) !== undefined;
  if (type === 1 && !isEvent) return jsonAnswer({ type: 1 });
  return type === 0 ? { status: 204, headers: { "content-type": "application/json" }, body: "" } : undefined;
});

/** Discord sends wrong signatures on purpose, and removes the URL if they are not rejected. */
export default publicKey({
  id: "discord",
  name: "Discord",
  confidence: "vector",
  algorithm: "ed25519",
  key: "raw-hex",
  header: "X-Signature-Ed25519",
  encoding: "hex",
  timestamp: { s: header("X-Signature-Timestamp") },
  success: 204,
  handshakes: [discordPing],
  event: {
    type: "event.type",
    time: "event.timestamp",
    entity: ["event.data.guild.id", "event.data.user.id", "application_id"],
  },
  otherwise: { by: "body", because: "Every event has a time in microseconds." },
});

export const sample: Sample = {
  body: {
    version: 1,
    application_id: "1",
    type: 1,
    event: { type: "APPLICATION_AUTHORIZED", timestamp: NOON, data: { user: { id: "9" } } },
  },
  event: { type: "APPLICATION_AUTHORIZED", entity: "9", time: NOON },
};
