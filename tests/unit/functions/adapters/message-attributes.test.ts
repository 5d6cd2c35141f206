import {
  attributeNames,
  decodeAttributes,
  encodeAttributes,
  type MessageFacts,
} from "../../../../functions/adapters/message-attributes";

const EVERYTHING: Required<MessageFacts> = {
  receivedAt: "2026-01-02T03:04:05.678Z",
  redriven: true,
  failure: {
    error: { code: "States.Timeout", message: "It took too long." },
    attempts: 3,
    executionArn: "arn:execution",
  },
  group: "stripe",
  deduplicationId: "stripe:evt_1:0",
  recordKey: "stripe#evt_1",
  s3Key: "raw/stripe/evt_1/0",
};

test("what a message says beside its webhook is read as it was written", () => {
  expect(decodeAttributes(encodeAttributes(EVERYTHING))).toEqual(EVERYTHING);
});

test("Lambda's event source mapping spells an attribute's value otherwise", () => {
  const { ReceivedAt } = encodeAttributes(EVERYTHING);
  const delivered = { ReceivedAt: { stringValue: ReceivedAt?.StringValue, dataType: "String" } };
  expect(decodeAttributes(delivered)).toEqual({ receivedAt: EVERYTHING.receivedAt });
});

test("every attribute that is written is requested, and there are no more than SQS takes", () => {
  expect(new Set(attributeNames())).toEqual(new Set(Object.keys(encodeAttributes(EVERYTHING))));
  expect(attributeNames().length).toBeLessThanOrEqual(10);
});

test("what is not known is no attribute, and nothing is read from none", () => {
  expect(encodeAttributes({})).toEqual({});
  expect(decodeAttributes(undefined)).toEqual({});
});

test("an error without a text has a dash, since SQS rejects an empty value", () => {
  const failure = { error: { code: "", message: "" }, attempts: 1 };
  expect(decodeAttributes(encodeAttributes({ failure }))).toEqual({
    failure: { error: { code: "-", message: "-" }, attempts: 1 },
  });
});
