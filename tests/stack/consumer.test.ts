import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";
import { payloadOf, PayloadError } from "../../consumer";
import { createPayloadStore } from "../../functions/adapters/payloads";
import { MAX_BODY_BYTES } from "../../functions/domain/payload";
import { payloadKey } from "../../functions/domain/webhook";
import { startEmulator, type Emulator } from "../../local/emulator";
import { specifyOnceOnDynamoDb } from "../support/aws/once-on-dynamodb";
import { webhookEvent } from "../support/webhook-event";

const BUCKET = "inbox-raw";

let emulator: Emulator;
let s3: S3;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  emulator = await startEmulator();
  s3 = new S3({ ...emulator.client, forcePathStyle: true });
  dynamodb = new DynamoDBClient(emulator.client);
  await s3.createBucket({ Bucket: BUCKET });
}, 180_000);
afterAll(() => emulator?.stop());

/** Stores a payload as ingestion does, and returns an event that refers to it. */
async function stored(body: Buffer, eventId = "evt/1 a") {
  const key = payloadKey("stripe", eventId, body);
  const facts = { contentType: "application/json", eventId, eventType: "invoice.paid", headers: "" };
  await createPayloadStore(BUCKET, s3).put({ key, body, ...facts });
  return { key, event: webhookEvent({ id: eventId, data: undefined, dataref: `s3://${BUCKET}/${key}` }) };
}

const LARGE = { lines: Array.from({ length: 30_000 }, (_, index) => `line ${index} ä`) };

describe("payloadOf returns", () => {
  test("data as it is", async () => {
    expect(await payloadOf(webhookEvent({ data: null }), { s3 })).toBeNull();
  });

  test("the bytes of data_base64", async () => {
    const event = webhookEvent({ data: undefined, data_base64: "AAH/" });
    expect(await payloadOf(event, { s3 })).toEqual(Buffer.from([0, 1, 255]));
  });

  test("what dataref refers to", async () => {
    const { event } = await stored(Buffer.from(JSON.stringify(LARGE)));
    expect(await payloadOf(event, { s3 })).toEqual(LARGE);
  });

  test("the same where it was sent compressed", async () => {
    const { event } = await stored(gzipSync(JSON.stringify(LARGE)));
    expect(await payloadOf(event, { s3 })).toEqual(LARGE);
  });

  test("bytes where it is no JSON", async () => {
    const body = Buffer.from("payload=%7B%7D");
    const { event } = await stored(body);
    expect(await payloadOf(event, { s3 })).toEqual(body);
  });

  test("the largest body that the inbox takes", async () => {
    const { event } = await stored(Buffer.alloc(MAX_BODY_BYTES, "a"));
    expect(await payloadOf(event, { s3 })).toHaveLength(MAX_BODY_BYTES);
  });
});

describe("payloadOf rejects", () => {
  test.each([
    [5, "more than 5 bytes"],
    [6, undefined],
  ])("at most %s bytes of six: %s", async (maxBytes, problem) => {
    const { event } = await stored(Buffer.from("123456"));
    const read = payloadOf(event, { s3, maxBytes });
    if (problem === undefined) expect(await read).toBe(123456);
    else await expect(read).rejects.toThrow(problem);
  });

  test("an object that has been overwritten", async () => {
    const { event, key } = await stored(Buffer.from('{"amount":1}'));
    await s3.putObject({ Bucket: BUCKET, Key: key, Body: '{"amount":1000}' });
    const read = payloadOf(event, { s3 });
    await expect(read).rejects.toThrow(PayloadError);
    await expect(read).rejects.toThrow("does not have the SHA-256");
  });

  test("an object that is gone", async () => {
    const event = webhookEvent({ data: undefined, dataref: `s3://${BUCKET}/raw/stripe/gone/0` });
    await expect(payloadOf(event, { s3 })).rejects.toMatchObject({ name: "NoSuchKey" });
  });
});

describe("once on DynamoDB:", () => specifyOnceOnDynamoDb(() => dynamodb));
