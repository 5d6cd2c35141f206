import { admittedOf } from "../../../../functions/domain/webhook-of-request";
import { readPayload } from "../../../../functions/domain/payload";
import { orderTime } from "../../../../functions/domain/workflow";
import { schemes } from "../../../../providers";

const receivedAt = "2026-01-01T00:00:00.000Z";

test.each([
  ["in the past", "2025-01-01T00:00:00.000Z", true],
  ["five minutes ahead", "2026-01-01T00:05:00.000Z", true],
  ["more than five minutes ahead", "2026-01-01T00:05:00.001Z", false],
  ["of the year 9999", "9999-12-31T23:59:59.999Z", false],
])("a signed time %s: %s takes part in the order: %s", (_, time, taken) => {
  expect(orderTime({ time }, receivedAt)).toBe(taken ? time : undefined);
});

test("a time that is not signed takes no part in it, whatever it says", () => {
  expect(orderTime({ time: "2025-01-01T00:00:00.000Z", timeUnsigned: true }, receivedAt)).toBeUndefined();
});

test.each([
  ["shopify", { "x-shopify-triggered-at": ["2025-12-31T00:00:00Z"] }, {}, true],
  ["stripe", {}, { created: 1_767_139_200 }, undefined],
] as const)("ingestion says of %s whether its time is signed", (id, headers, value, unsigned) => {
  const scheme = schemes[id]!;
  const request = {
    method: "POST",
    headers: { ...headers },
    body: Buffer.from(JSON.stringify(value)),
    requestId: "request-1",
  };
  const payload = readPayload(scheme, request);
  const { webhook } = admittedOf(request, { name: "acme", scheme }, payload, undefined);
  expect(webhook.time).toMatch(/^2025-12-31T00:00:00/);
  expect(webhook.timeUnsigned).toBe(unsigned);
});
