import Ajv2020 from "ajv/dist/2020";
import type { EventBridgeEvent, SQSRecord } from "aws-lambda";
import { InvalidEventError, parse } from "../../../consumer";
import { eventJsonSchema } from "../../../consumer/json-schema";
import committed from "../../../consumer/event.schema.json";
import { webhookEvent } from "../../support/webhook-event";

const event = webhookEvent();
const text = JSON.stringify(event);
const onTheBus: Partial<EventBridgeEvent<string, unknown>> = {
  source: event.source,
  "detail-type": event.type,
  detail: event,
};
const asRecord = (body: string): Partial<SQSRecord> => ({ messageId: "m1", body });

describe("parse finds the event in", () => {
  test.each<[string, unknown]>([
    ["the event itself", event],
    ["its JSON text", text],
    ["a message of a consumer's queue, as Lambda has it", asRecord(text)],
    ["a message of a consumer's queue, as the SDK has it", { MessageId: "m1", Body: text }],
    ["an event of EventBridge", onTheBus],
    ["a message that a rule of EventBridge sent", asRecord(JSON.stringify(onTheBus))],
  ])("%s", (_, received) => {
    expect(parse(received)).toEqual(event);
  });

  test("a message whose payload looks like a message, and leaves that alone", () => {
    const data = { messageId: "m2", body: "{}", detail: {}, "detail-type": "x" };
    expect(parse(asRecord(JSON.stringify({ ...event, data }))).data).toEqual(data);
  });
});

test("attributes that are not known are kept", () => {
  expect(parse({ ...event, traceparent: "00-1" })).toHaveProperty("traceparent", "00-1");
});

/** Without its payload, to which a test adds what it is about. */
const withoutData: object = webhookEvent({ data: undefined });

const VALID: readonly [string, object][] = [
  ["data", event],
  ["data that is null", { ...event, data: null }],
  ["bytes", { ...withoutData, data_base64: "AAE=" }],
  ["a reference", { ...withoutData, dataref: "s3://bucket/raw/stripe/evt_1/0a" }],
  ["no time of the provider's", { ...event, time: undefined }],
  ["a mark that it is late", { ...event, outoforder: true }],
  ["a mark that the provider's API gave it", { ...event, receivedvia: "reconciliation" }],
];

const INVALID: readonly [string, unknown, string][] = [
  [
    "another version of CloudEvents",
    { ...event, specversion: "0.3" },
    'specversion: Invalid input: expected "1.0"',
  ],
  ["no id", { ...event, id: undefined }, "id: Invalid input: expected string, received undefined"],
  ["an empty id", { ...event, id: "" }, "id: Too small"],
  ["a sequence that is a number", { ...event, sequence: 18 }, "sequence: Invalid input: expected string"],
  ["a sequence that is no number", { ...event, sequence: "1e3" }, "sequence: Invalid string"],
  ["a negative replay", { ...event, replay: -1 }, "replay: Too small"],
  ["no receive time", { ...event, receivedat: "yesterday" }, "receivedat: Invalid ISO datetime"],
  ["a reference to another place", { ...withoutData, dataref: "https://e.com/a" }, "dataref: Invalid string"],
  ["no payload", withoutData, "allowed is exactly one of data, data_base64, dataref"],
  ["two payloads", { ...event, data_base64: "AAE=" }, "allowed is exactly one of data, data_base64, dataref"],
];

describe("parse rejects, and says why,", () => {
  test.each(INVALID)("%s", (_, received, problem) => {
    expect(() => parse(received)).toThrow(InvalidEventError);
    expect(() => parse(received)).toThrow(problem);
  });

  test.each<[string, unknown]>([
    ["a text that is not JSON", "no JSON"],
    ["nothing", undefined],
    ["a null", null],
    ["an HTTP request, whose signature nobody verified", { headers: {}, body: text }],
  ])("%s", (_, received) => {
    expect(() => parse(received)).toThrow("no event of a webhook inbox");
  });
});

describe("the JSON Schema", () => {
  const validates = new Ajv2020({ formats: { "date-time": true, base64: true } }).compile(eventJsonSchema());
  /** As it travels: what is undefined is not there. */
  const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  test("is the one of the file; `npm run event-schema` writes it", () => {
    expect(committed).toEqual(eventJsonSchema());
  });

  test.each(VALID)("takes what parse takes: %s", (_, one) => {
    expect(() => parse(sent(one))).not.toThrow();
    expect(validates(sent(one))).toBe(true);
  });

  test.each(INVALID)("rejects what parse rejects: %s", (_, one) => {
    expect(validates(sent(one))).toBe(false);
  });
});
