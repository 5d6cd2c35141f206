import { createHash, randomUUID } from "node:crypto";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { describedBy, headerNames, isPlain, readHeader } from "../engine/headers";
import { asObject } from "../engine/json-object";
import { plainText, valueAt } from "../engine/payload";
import { path } from "../engine/references";
import { reject, type WebhookRequest } from "../engine/request";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { parseTime } from "../engine/timestamp";
import { unprovedJson } from "../engine/unproved";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks",
  where: "Your integrations > the application > Webhooks > Configure notifications",
  secret: "the secret signature, shown there once it is saved",
  notes:
    "The notification only says what changed: ask Mercado Pago for the payment. IPN notifications are not signed.",
};

const ID = "mercado-pago";
const SIGNATURE = headerNames(["X-Signature"]);
const REQUEST_ID = headerNames(["X-Request-Id"]);
const decode = signatureDecoder("hex", 32);

/** Location of the payment's or order's id in the query and in the body. */
const PARAMETER = "data.id";
const DATA_ID = path("data.id");

/** Returns the signed id: the one in the query, or the body's; undefined if neither has one. */
function dataId({ query = {}, body }: Pick<WebhookRequest, "query" | "body">): string | undefined {
  if (Object.hasOwn(query, PARAMETER)) return query[PARAMETER];
  return plainText(valueAt(asObject(unprovedJson(body)), DATA_ID));
}

/**
 * Returns the signed text, without the parts that a request does not have. Ids with letters are signed in lower case.
 */
function manifest(id: string | undefined, requestId: string, time: string): string {
  return `${id === undefined ? "" : `id:${id.toLowerCase()};`}request-id:${requestId};ts:${time};`;
}

/** Returns the parts of `ts=<time>,v1=<hex>`; undefined if one is missing or repeated. */
function partsOf(value: string): { readonly time: string; readonly signature: Buffer } | undefined {
  const pairs = value.split(",", 10).map((part): [string, string] => {
    const [name = "", text = ""] = part.split(/=(.*)/s);
    return [name.trim(), text.trim()];
  });
  const parts = new Map(pairs);
  const signature = decode(parts.get("v1") ?? "");
  const time = parts.get("ts") ?? "";
  if (parts.size !== pairs.length || !signature || parseTime(time, "s-or-ms") === undefined) return undefined;
  return { time, signature };
}

/**
 * The payment's id, the request's id and a time are signed; the body is not. All retries have the time of the first
 * attempt, so there is no window: a replayed request has the same request id, and is a duplicate.
 * @see https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks
 */
export default defineScheme({
  id: ID,
  name: "Mercado Pago",
  covers: "part",
  verify: {
    kind: "custom",
    proof:
      "HMAC-SHA-256 in `X-Signature` (hex) over the parameter `data.id` of the address, `X-Request-Id` and its time; the body is not signed",
    requiredHeaders: [SIGNATURE.name, REQUEST_ID.name],
    signatureHeader: SIGNATURE.name,
    verify({ request, secrets }) {
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const requestId = readHeader(request.headers, REQUEST_ID);
      if (typeof requestId !== "string") return requestId;
      const parts = partsOf(value);
      if (!parts || requestId === "" || !isPlain(requestId) || requestId.includes(";"))
        return reject("header_malformed", `${SIGNATURE.label} is not ts=<time>,v1=<64 characters in hex>`);
      const id = dataId(request);
      const inBody = plainText(valueAt(asObject(unprovedJson(request.body)), DATA_ID));
      if (id !== undefined && (id.includes(";") || (inBody ?? id).toLowerCase() !== id.toLowerCase()))
        return reject("signature_mismatch", "the body is about another id than the address");
      const signed = manifest(id, requestId, parts.time);
      return matchSecret(secrets, (secret) => sameBytes(hmac("sha256", secret, signed), parts.signature));
    },
    sign(message) {
      const id = dataId(message);
      const sent = message.original && describedBy(message.original, [REQUEST_ID.name]);
      const requestId = message.id ?? sent ?? randomUUID();
      const time = String(Math.floor(message.now / 1000));
      const signed = manifest(id, requestId, time);
      const signature = encodeSignature(hmac("sha256", signingSecret(ID, message), signed), "hex");
      return {
        headers: { [SIGNATURE.name]: `ts=${time},v1=${signature}`, [REQUEST_ID.name]: requestId },
        ...(id !== undefined && { query: { [PARAMETER]: id } }),
        body: message.body,
      };
    },
    newSecret: sharedSecret,
    // Identify by the signed ids: the body's own id is not signed.
    eventId: (request) => {
      const requestId = describedBy(request.headers, [REQUEST_ID.name]) ?? "";
      return createHash("sha256")
        .update(`${dataId(request)?.toLowerCase() ?? ""};${requestId}`)
        .digest("hex");
    },
  },
  event: { type: ["action", "type"], time: "date_created", entity: DATA_ID },
  otherwise: everyEventHasAnId,
});

export const sample: Sample = {
  body: {
    id: 12345,
    live_mode: true,
    type: "payment",
    date_created: NOON,
    action: "payment.updated",
    data: { id: "999999999" },
  },
  event: { type: "payment.updated", entity: "999999999", time: NOON },
};
