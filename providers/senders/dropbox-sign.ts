import { ConfigurationError } from "../engine/errors";
import { multipartField } from "../engine/form";
import { describedBy } from "../engine/headers";
import { reject, type RequestHeaders, type WebhookRequest } from "../engine/request";
import { signatureDecoder } from "../engine/encoding";
import { tooLarge, unprovedJson } from "../engine/unproved";
import { editJson, withProperty } from "../engine/json-edit";
import { asObject, objectOf, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://developers.hellosign.com/docs/events/walkthrough/",
  where: "Settings > API > Account callback, or the API app's event callback",
  secret: "the primary API key of the account",
};

const ID = "dropbox-sign";
const decode = signatureDecoder("hex", 32);

/** Returns the JSON in the field `json` of the multipart form. */
function jsonField({ headers, body }: WebhookRequest): Buffer | undefined {
  return multipartField(describedBy(headers, ["content-type"]), body, "json");
}

/** Returns the provider's callback with a new hash and every other byte unchanged. */
function signedAgain(headers: RequestHeaders, body: Buffer, secret: string): Buffer {
  const json = multipartField(describedBy(headers, ["content-type"]), body, "json") ?? body;
  const event = objectOf(asObject(parseJson(json)), "event");
  const digest = hmac("sha256", secret, `${String(event?.["event_time"])}${String(event?.["event_type"])}`);
  const signed = editJson(json, (text) =>
    withProperty(text, ["event", "event_hash"], digest.toString("hex")),
  );
  const start = json.byteOffset - body.byteOffset;
  return Buffer.concat([body.subarray(0, start), signed, body.subarray(start + json.length)]);
}

/**
 * Only the event's time and type are signed, so anyone who has seen one callback can make up others. The id is still
 * the hash of the whole callback: two events of one type in one second have the same signed values, and neither may be
 * lost.
 */
export default defineScheme({
  id: ID,
  name: "Dropbox Sign (HelloSign)",
  covers: "part",
  contentTypes: ["multipart/form-data", "application/json"],
  verify: {
    kind: "custom",
    proof: "HMAC-SHA-256 in `event.event_hash` (hex) over `event.event_time` and `event.event_type`",
    requiredHeaders: [],
    verify({ request, secrets }) {
      const event = objectOf(asObject(unprovedJson(jsonField(request) ?? request.body)), "event");
      const signature = decode(textOf(event, "event_hash") ?? "");
      const time = event?.["event_time"];
      const type = textOf(event, "event_type");
      if (!signature || type === undefined || (typeof time !== "string" && typeof time !== "number")) {
        return reject(
          "body_malformed",
          tooLarge(request.body) ?? "the callback holds no event with event_hash, event_time and event_type",
        );
      }
      return matchSecret(secrets, (secret) => sameBytes(hmac("sha256", secret, `${time}${type}`), signature));
    },
    sign(message) {
      const secret = signingSecret(ID, message);
      if (message.original) return { headers: {}, body: signedAgain(message.original, message.body, secret) };
      const payload = asObject(parseJson(message.body));
      if (!payload) throw new ConfigurationError(`scheme ${ID} signs a JSON object: the body is none`);
      const event = {
        event_type: message.type ?? "callback_test",
        ...objectOf(payload, "event"),
        event_time: String(Math.floor(message.now / 1000)),
      };
      const digest = hmac("sha256", secret, `${event.event_time}${event.event_type}`);
      const json = JSON.stringify({ ...payload, event: { ...event, event_hash: digest.toString("hex") } });
      const boundary = "webhook-inbox-boundary";
      const body = `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${boundary}--\r\n`;
      return {
        headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
        body: Buffer.from(body),
      };
    },
    newSecret: sharedSecret,
    // Identify by the event, not the form, whose boundary is different for each attempt.
    signedContent: (request) => jsonField(request),
  },
  unwrap: (request) => {
    const bytes = jsonField(request);
    return bytes && { bytes, mediaType: "application/json" };
  },
  event: { type: "event.event_type", time: { s: "event.event_time" } },
  otherwise: { by: "body", because: "Every event has its time and the request that it is about." },
  // Send exactly this text: Dropbox Sign counts any other answer as a failure.
  success: { status: 200, body: "Hello API Event Received" },
});

export const sample: Sample = {
  body: { event: { event_type: "signature_request_sent" } },
  event: { type: "signature_request_sent", time: NOON },
};
