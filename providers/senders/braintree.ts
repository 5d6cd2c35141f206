import { createHash, randomBytes } from "node:crypto";
import { ConfigurationError } from "../engine/errors";
import { decodeBase64 } from "../recipes/certificate";
import { formField, parseForm, unprovedForm, type Form } from "../engine/form";
import { reject, type WebhookRequest } from "../engine/request";
import { hmac, matchSecret, sameText, signingSecret, twoParts } from "../engine/secrets";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { shortToken, textAnswer, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse/node",
  where: "Settings > API > Webhooks",
  secret: "`<public key>:<private key>` of the API keys",
};

const ID = "braintree";

/** Parses a secret `<public key>:<private key>`. */
export function braintreeKeys(
  secret: string,
  index = 0,
): { readonly publicKey: string; readonly key: Buffer } {
  const [publicKey, privateKey] = twoParts(secret, index, ID, "<public key>:<private key>");
  return { publicKey, key: createHash("sha1").update(privateKey).digest() };
}

/** Signs a text and returns `<public key>|<signature>`, as Braintree writes it. */
export function braintreeSignature(secret: string, text: string): string {
  const { publicKey, key } = braintreeKeys(secret);
  return `${publicKey}|${hmac("sha1", key, text).toString("hex")}`;
}

/** Most signatures in a notification: Braintree writes one for each public key of the merchant. */
const MAX_SIGNATURES = 100;

/**
 * Limits of the form, which has two fields. A notification contains one object of the gateway; the largest size is our
 * estimate, since Braintree states no limit.
 */
const LIMITS = unprovedForm(512 * 1024);

/** Returns the XML of a notification, or undefined if there is none. */
export function braintreeXml({ body }: WebhookRequest): Buffer | undefined {
  return xmlIn(parseForm(body, LIMITS));
}

function xmlIn(form: Form | undefined): Buffer | undefined {
  const payload = formField(form, "bt_payload");
  // Remove line breaks, which Ruby's base64 encoder adds.
  const xml = payload === undefined ? undefined : decodeBase64(payload.replaceAll("\n", ""), LIMITS.bytes);
  if (!xml) return undefined;
  // Accept XML only: the endpoint signs challenges for everybody, and a signed challenge, which is base64, too, must
  // not be accepted as a notification.
  return /^\s*<[\s\S]*>\s*$/.test(xml.toString("latin1")) ? xml : undefined;
}

/**
 * Returns `kind` or `timestamp` of the XML's root. Found by a pattern, since only the consumer needs the rest of the
 * XML.
 */
export function braintreeFact(xml: Buffer | undefined, element: "kind" | "timestamp"): string | undefined {
  const found = new RegExp(`<${element}(?: [^>]*)?>([^<>&]{1,100})</${element}>`).exec(
    xml?.subarray(0, 4096).toString() ?? "",
  );
  return found?.[1]?.trim();
}

/** Answers Braintree's challenge. `xmlIn` makes sure that a signed challenge is not accepted as a notification. */
const braintreeChallenge = unprovedChallenge("GET", ({ request, secrets: [secret] }) => {
  const challenge = shortToken(request.query?.["bt_challenge"], /^[a-f0-9]{20,32}$/);
  if (challenge === undefined || secret === undefined) return undefined;
  return textAnswer(braintreeSignature(secret, challenge));
});

/** The body is a form with `bt_payload`, base64 of XML, and `bt_signature`, a list of `<public key>|<signature>`. */
export default defineScheme({
  id: ID,
  name: "Braintree",
  confidence: "vector",
  contentTypes: ["application/x-www-form-urlencoded"],
  verify: {
    kind: "custom",
    proof: "HMAC-SHA-1 in the form's `bt_signature` (hex) over `bt_payload`; no time is signed",
    requiredHeaders: [],
    verify({ request, secrets }) {
      const keys = secrets.map(braintreeKeys);
      const form = parseForm(request.body, LIMITS);
      const signatures = formField(form, "bt_signature");
      const payload = formField(form, "bt_payload");
      if (signatures === undefined || payload === undefined) {
        return reject(
          "body_malformed",
          `the form of at most ${LIMITS.bytes} bytes holds no bt_signature and bt_payload`,
        );
      }
      if (!xmlIn(form)) return reject("signature_mismatch", "bt_payload is not base64 of XML");
      const pairs = signatures.split("&", MAX_SIGNATURES).map((pair) => pair.trim());
      return matchSecret(secrets, (secret) => {
        const { publicKey, key } = keys[secrets.indexOf(secret)] ?? braintreeKeys(secret);
        return [payload, `${payload}\n`].some((text) => {
          const expected = `${publicKey}|${hmac("sha1", key, text).toString("hex")}`;
          return pairs.some((pair) => sameText(pair, expected));
        });
      });
    },
    sign(message) {
      const secret = signingSecret(ID, message);
      const sent = message.original && formField(parseForm(message.body, LIMITS), "bt_payload");
      if (sent !== undefined) {
        const signature = encodeURIComponent(braintreeSignature(secret, sent));
        const form = message.body
          .toString("latin1")
          .replace(/(^|&)bt_signature=[^&]*/, `$1bt_signature=${signature}`);
        return { headers: {}, body: Buffer.from(form, "latin1") };
      }
      const payload = `${message.body.toString("base64")}\n`;
      if (!/^\s*</.test(message.body.toString("latin1"))) {
        throw new ConfigurationError(`scheme ${ID} signs XML: the body is none`);
      }
      const form = new URLSearchParams({
        bt_signature: braintreeSignature(secret, payload),
        bt_payload: payload,
      });
      return {
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: Buffer.from(form.toString()),
      };
    },
    newSecret() {
      const secret = `${randomBytes(8).toString("hex")}:${randomBytes(16).toString("hex")}`;
      return { secret, signWith: secret };
    },
    // Identify by the notification, not the form: anyone can change the form's escapes.
    signedContent: (request) => braintreeXml(request),
  },
  unwrap: (request) => {
    const xml = braintreeXml(request);
    return xml && { bytes: xml, mediaType: "application/xml", type: braintreeFact(xml, "kind") };
  },
  handshakes: [braintreeChallenge],
  event: {},
  otherwise: { by: "body", because: "Every notification has its time and its object." },
});

export const sample: Sample = {
  body: "<notification><kind>subscription_canceled</kind></notification>",
  event: { type: "subscription_canceled" },
};
