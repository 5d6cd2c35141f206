import { createHash, randomBytes } from "node:crypto";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { reject } from "../engine/request";
import { path } from "../engine/references";
import { tooLarge, unprovedJson } from "../engine/unproved";
import { editJson, withEach, withProperty } from "../engine/json-edit";
import { asObject, objectOf, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { hmac, matchEach, sameBytes, signingSecret } from "../engine/secrets";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnId } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
  where: "Developers > Webhooks > Standard webhook",
  secret: "the HMAC key, in hexadecimal",
};

const ID = "adyen";
const decode = signatureDecoder("base64", 32);

type Item = Readonly<Record<string, unknown>>;

/** Returns the items of a notification, or undefined if there are none or one is not an object. */
function itemsOf(payload: unknown): readonly Item[] | undefined {
  const list = asObject(payload)?.["notificationItems"];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const items = list.map((entry) => objectOf(asObject(entry), "NotificationRequestItem"));
  return items.every((item) => item !== undefined) ? items : undefined;
}

function part(item: Item | undefined, name: string): string {
  const value = item && Object.hasOwn(item, name) ? item[name] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** Locations of the signed values in an item. */
const SIGNED = [
  "pspReference",
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
];

/** Returns the signed values of an item; everything else in it is not signed. */
function signedText(item: Item): string {
  const amount = objectOf(item, "amount");
  return [
    part(item, "pspReference"),
    part(item, "originalReference"),
    part(item, "merchantAccountCode"),
    part(item, "merchantReference"),
    part(amount, "value"),
    part(amount, "currency"),
    part(item, "eventCode"),
    part(item, "success"),
  ].join(":");
}

function keyOf(secret: string, index: number): Buffer {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(secret)) return Buffer.from(secret, "hex");
  throw new ConfigurationError(`secret ${index} of scheme ${ID} is not hexadecimal`);
}

/**
 * Each item has a signature over eight of its values. Anyone who has captured a notification could change the other
 * values, so the id is made of the signed values of the distinct items: a changed, repeated or reordered copy is a
 * duplicate. Items of several captured notifications can still be combined into a new event; each of them is genuine.
 */
export default defineScheme({
  id: ID,
  name: "Adyen (standard notifications)",
  confidence: "vector",
  covers: "part",
  verify: {
    kind: "custom",
    proof: "HMAC-SHA-256 in each item's `additionalData.hmacSignature` (base64) over eight of its values",
    requiredHeaders: [],
    verify({ request, secrets }) {
      const keys = secrets.map(keyOf);
      const items = itemsOf(unprovedJson(request.body));
      if (!items)
        return reject("body_malformed", tooLarge(request.body) ?? "the body holds no notification items");
      const signatures = items.map((item) =>
        decode(textOf(objectOf(item, "additionalData"), "hmacSignature") ?? ""),
      );
      if (!signatures.every((signature) => signature !== undefined)) {
        return reject(
          "body_malformed",
          "an item holds no additionalData.hmacSignature of 32 bytes in base64",
        );
      }
      // Check every item: one forged item makes the batch forged. Different items can be signed with an old and a new
      // key.
      const proofs = items.map((item, index) => ({ text: signedText(item), signature: signatures[index] }));
      return matchEach(secrets, proofs, ({ text, signature }, secret, index) =>
        sameBytes(hmac("sha256", keys[index] ?? keyOf(secret, index), text), signature ?? Buffer.alloc(0)),
      );
    },
    sign(message) {
      const key = keyOf(signingSecret(ID, message), 0);
      const items = itemsOf(parseJson(message.body));
      if (!items) throw new ConfigurationError(`scheme ${ID} signs notification items: the body holds none`);
      const signatures = items.map((item) =>
        encodeSignature(hmac("sha256", key, signedText(item)), "base64"),
      );
      const sign = (item: string, index: number) =>
        withProperty(item, ["additionalData", "hmacSignature"], signatures[index] ?? "");
      const path = ["notificationItems", "*", "NotificationRequestItem"];
      return { headers: {}, body: editJson(message.body, (text) => withEach(text, path, sign)) };
    },
    newSecret() {
      const secret = randomBytes(32).toString("hex").toUpperCase();
      return { secret, signWith: secret };
    },
    eventId(_request, payload) {
      const items = itemsOf(payload);
      if (!items) return undefined;
      // Use a set: each item has its own proof, so anyone who captured one can repeat it and change the order.
      const distinct = [...new Set(items.map(signedText))].sort();
      return createHash("sha256").update(JSON.stringify(distinct)).digest("hex");
    },
  },
  event: {
    type: "notificationItems.*.NotificationRequestItem.eventCode",
    time: "notificationItems.*.NotificationRequestItem.eventDate",
  },
  otherwise: everyEventHasAnId,
  elements: {
    at: "notificationItems.*",
    // Hash only signed values: anyone who has captured an item can change the others.
    hashOf: SIGNED.map((name) => path(`NotificationRequestItem.${name}`)),
    type: "NotificationRequestItem.eventCode",
    time: "NotificationRequestItem.eventDate",
    entity: "NotificationRequestItem.pspReference",
  },
  // Send what Adyen requires: it counts any other answer as a failure and retries for a week.
  success: { status: 200, body: "[accepted]" },
});

export const sample: Sample = {
  body: {
    live: "false",
    notificationItems: [
      {
        NotificationRequestItem: {
          pspReference: "psp1",
          eventCode: "AUTHORISATION",
          eventDate: "2026-03-01T12:00:00+01:00",
          amount: { value: 1000, currency: "EUR" },
          success: "true",
        },
      },
    ],
  },
  event: { type: "AUTHORISATION", time: "2026-03-01T11:00:00.000Z" },
};
