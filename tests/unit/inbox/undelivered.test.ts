import { parseUndelivered } from "../../../inbox/undelivered";

const text = (StringValue: string) => ({ DataType: "String", StringValue });

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
const ATTRIBUTES = {
  RULE_ARN: text("arn:aws:events:us-east-1:111122223333:rule/webhook-inbox-bus-prod/orders"),
  TARGET_ARN: text("arn:aws:sqs:us-east-1:111122223333:orders"),
  ERROR_CODE: text("NO_RESOURCE"),
  ERROR_MESSAGE: text("The specified queue does not exist."),
};

const message = (body: unknown, MessageAttributes = {}) => ({
  MessageId: "m-1",
  ReceiptHandle: "handle",
  Body: typeof body === "string" ? body : JSON.stringify(body),
  Attributes: { SentTimestamp: "1767225600000" },
  MessageAttributes,
});

test("an undelivered event names its webhook, the rule, the target, and why", () => {
  const detail = { specversion: "1.0", id: "evt_1", provider: "stripe", type: "invoice.paid", replay: 2 };
  expect(
    parseUndelivered(
      message({ source: "webhook.stripe", "detail-type": "invoice.paid", detail }, ATTRIBUTES),
    ),
  ).toMatchObject({
    webhook: { provider: "stripe", id: "evt_1", type: "invoice.paid", replay: 2 },
    rule: "orders",
    target: "arn:aws:sqs:us-east-1:111122223333:orders",
    reason: { code: "NO_RESOURCE", message: "The specified queue does not exist." },
    receivedAt: "2026-01-01T00:00:00.000Z",
  });
});

test("of what was made for the events' log, too, the webhook is known", () => {
  const event = { source: "webhook.stripe", detail: { provider: "stripe", id: "evt_1", replay: "2" } };
  const line = { timestamp: "2026-01-01T00:00:00Z", message: JSON.stringify(event) };
  expect(parseUndelivered(message(line, ATTRIBUTES))).toMatchObject({
    webhook: { provider: "stripe", id: "evt_1", replay: 2 },
  });
});

test.each([["no JSON"], [{ detail: { order: 7 } }], [{ source: "my.own" }]])(
  "what is no event of a webhook has none: %j",
  (body) => {
    const event = parseUndelivered(message(body));
    expect(event).not.toHaveProperty("webhook");
    expect(event.reason.code).toBe("unknown");
  },
);
