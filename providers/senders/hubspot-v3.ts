import { createHash } from "node:crypto";
import { signedAddresses } from "../engine/address";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { headerNames, readHeader } from "../engine/headers";
import { hubspotElements, hubspotSetup } from "../recipes/hubspot";
import { reject, type WebhookRequest } from "../engine/request";
import { parseTime } from "../engine/timestamp";
import { outsideWindow } from "../engine/clock";
import { asObject } from "../engine/json-object";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, NOON_MS, type Sample } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup = hubspotSetup;

const ID = "hubspot-v3";
const SIGNATURE = headerNames(["X-HubSpot-Signature-v3"]);
const TIMESTAMP = headerNames(["X-HubSpot-Request-Timestamp"]);
const decode = signatureDecoder("base64", 32);

/** Seconds that clocks may differ, according to HubSpot's docs. */
const WINDOW = 300;

/** Escapes that HubSpot decodes in the URL before it signs it; all others stay. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

function configured(url: string | undefined): string {
  if (url === undefined)
    throw new ConfigurationError(`scheme ${ID} signs the URL of the endpoint: none is configured`);
  return url;
}

function decoded(url: string): string {
  return url.replace(DECODED, (escape) => decodeURIComponent(escape));
}

function signedUrls(request: WebhookRequest): readonly string[] {
  return [...new Set(signedAddresses(configured(request.url), request).map(decoded))];
}

/**
 * A batch is a list of up to 100 events. Each has the number of the attempt, so the bytes change between attempts: the
 * id is the hash of the batch without that number.
 */
export default defineScheme({
  id: ID,
  name: "HubSpot v3",
  confidence: "vector",
  verify: {
    kind: "custom",
    proof:
      "HMAC-SHA-256 in `X-HubSpot-Signature-v3` (base64) over method, URL, body and `X-HubSpot-Request-Timestamp`; window 300 s",
    requiredHeaders: [SIGNATURE.name, TIMESTAMP.name],
    signatureHeader: SIGNATURE.name,
    verify({ request, secrets, now }) {
      const urls = signedUrls(request);
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const time = readHeader(request.headers, TIMESTAMP);
      if (typeof time !== "string") return time;
      const signature = decode(value);
      if (!signature)
        return reject("header_malformed", `${SIGNATURE.label} holds no signature of 32 bytes in base64`);
      const timestamp = parseTime(time, "ms");
      if (timestamp === undefined)
        return reject("header_malformed", `${TIMESTAMP.label} is not in whole milliseconds`);
      const late = outsideWindow(timestamp, now, WINDOW);
      if (late) return late;
      return matchSecret(
        secrets,
        (secret) =>
          urls.some((url) =>
            sameBytes(hmac("sha256", secret, request.method, url, request.body, time), signature),
          ),
        timestamp,
      );
    },
    sign(message) {
      const time = String(Math.floor(message.now));
      const method = message.method ?? "POST";
      const signature = hmac(
        "sha256",
        signingSecret(ID, message),
        method,
        decoded(configured(message.url)),
        message.body,
        time,
      );
      return {
        headers: { [TIMESTAMP.name]: time, [SIGNATURE.name]: encodeSignature(signature, "base64") },
        body: message.body,
      };
    },
    newSecret: sharedSecret,
    eventId(_request, payload) {
      if (!Array.isArray(payload)) return undefined;
      const events = payload.map((event) => ({ ...asObject(event), attemptNumber: undefined }));
      return createHash("sha256").update(JSON.stringify(events)).digest("hex");
    },
  },
  event: { type: "*.subscriptionType", time: { ms: "*.occurredAt" } },
  otherwise: {
    by: "body-and-time",
    because:
      "Every event of this provider has an id; a request that is no list of events is known by its content and the time of signing.",
  },
  elements: hubspotElements,
});

export const sample: Sample = {
  body: [{ eventId: 1, subscriptionType: "contact.creation", occurredAt: NOON_MS, attemptNumber: 0 }],
  event: { type: "contact.creation", time: NOON },
};
