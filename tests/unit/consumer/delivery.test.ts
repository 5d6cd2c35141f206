import { Webhook } from "standardwebhooks";
import { identityOf, InvalidEventError, InvalidSignatureError, verifyDelivery } from "../../../consumer";
import type { ConsumerMessage } from "../../../functions/domain/consumer-message";
import { requestTo } from "../../../functions/domain/consumer-request";
import standardWebhooks from "../../../providers/senders/standard-webhooks";
import { webhookEvent } from "../../support/webhook-event";

const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const other = `whsec_${Buffer.alloc(24, 2).toString("base64")}`;
const now = Date.UTC(2026, 0, 2, 3, 5);
const event = webhookEvent({ id: "evt.1" });
const body = JSON.stringify(event);

/** Headers as the official library signs, which this code does not use. */
function signed(text = body, id = identityOf(event)) {
  const at = new Date(now);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(now / 1000),
    "webhook-signature": new Webhook(secret).sign(id, at, text),
  };
}

test("a delivery that is signed is its event", () => {
  expect(signed()["webhook-id"]).toBe("webhook.stripe/evt.1/0");
  expect(verifyDelivery({ headers: signed(), body }, secret, now)).toEqual(event);
});

test.each<[string, Parameters<typeof verifyDelivery>[0]]>([
  ["bytes", { headers: signed(), body: new Uint8Array(Buffer.from(body)) }],
  ["headers of the Fetch API", { headers: new Headers(signed()), body }],
  ["names in upper case", { headers: upper(signed()), body }],
  ["lists of values", { headers: listed(signed()), body }],
])("it is taken with %s", (_, delivery) => {
  expect(verifyDelivery(delivery, secret, now)).toEqual(event);
});

test("what the inbox sends to a consumer is taken", async () => {
  const message: ConsumerMessage = {
    sentAt: 0,
    messageId: "m1",
    receiptHandle: "r1",
    body,
    group: "stripe",
    deduplicationId: "d1",
    receiveCount: 1,
    recordKey: "stripe#evt.1",
    s3Key: "raw/stripe/evt.1/0",
  };
  const recipient = { url: "https://shop.example/hooks", as: "cloudevent" } as const;
  const source = {
    standardWebhooks,
    schemeOf: () => undefined,
    payloads: { read: () => Promise.reject(new Error("an event needs no payload")) },
  };
  const sent = await requestTo(recipient, message, { secret, now }, source);
  if ("impossible" in sent) throw new Error(sent.impossible);
  expect(verifyDelivery(sent, secret, now)).toEqual(event);
});

test("while a secret is rotated, either one verifies", () => {
  expect(verifyDelivery({ headers: signed(), body }, [other, secret], now)).toEqual(event);
});

test.each<[string, Parameters<typeof verifyDelivery>, string]>([
  [
    "another body",
    [{ headers: signed(), body: body.replace("paid", "void") }, secret, now],
    "signature_mismatch",
  ],
  ["another id", [{ headers: { ...signed(), "webhook-id": "a" }, body }, secret, now], "signature_mismatch"],
  ["another secret", [{ headers: signed(), body }, other, now], "signature_mismatch"],
  ["no signature", [{ headers: {}, body }, secret, now], "header_missing"],
  [
    "a captured request after 301 s",
    [{ headers: signed(), body }, secret, now + 301_000],
    "timestamp_outside_window",
  ],
])("%s is rejected", (_, delivery, reason) => {
  const verified = () => verifyDelivery(...delivery);
  expect(verified).toThrow(InvalidSignatureError);
  expect(verified).toThrow(expect.objectContaining({ reason }) as Error);
});

test("what is signed and no event is rejected for that", () => {
  expect(() => verifyDelivery({ headers: signed("{}"), body: "{}" }, secret, now)).toThrow(InvalidEventError);
});

function upper(headers: Record<string, string>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
}

function listed(headers: Record<string, string>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}
