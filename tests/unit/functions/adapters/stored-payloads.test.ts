import { GetObjectCommand, InvalidObjectState, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { storedPayloads } from "../../../../functions/adapters/stored-payloads";
import { encodeHeaders, type Header } from "../../../../functions/domain/kept-headers";
import { payloadMetadata } from "../../../../functions/domain/payload-metadata";
import { headersKey } from "../../../../functions/domain/webhook";

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());

const KEY = "raw/acme/1/0";
const payloads = storedPayloads("bucket", new S3Client({ region: "us-east-1" }));
const bodyOf = (text: string) =>
  ({ transformToByteArray: () => Promise.resolve(Buffer.from(text)) }) as never;

test.each<[string, readonly Header[]]>([
  ["few headers, which are in its metadata", [["x-shop", "a"]]],
  [
    "many headers, which are an object beside it",
    // Digits that deflate cannot make short.
    Array.from({ length: 200 }, (_, index) => [`x-${index}`, String(Math.sin(index + 1))] as const),
  ],
])("a payload is read with %s", async (_, headers) => {
  const { metadata, beside } = payloadMetadata({
    ...{ eventId: "1", eventType: "t", split: true },
    headers: encodeHeaders(headers),
  });
  const stored = { Body: bodyOf("{}"), ContentType: "application/json", Metadata: { ...metadata } };
  s3.on(GetObjectCommand, { Bucket: "bucket", Key: KEY }).resolves(stored);
  s3.on(GetObjectCommand, { Bucket: "bucket", Key: headersKey(KEY) }).resolves({
    Body: bodyOf(beside ?? ""),
  });
  expect(await payloads.read(KEY)).toEqual({
    ...{ body: Buffer.from("{}"), contentType: "application/json", split: true, headers },
  });
});

test("one that has expired, or is in the archive, can never be sent; a service that fails can be asked again", async () => {
  const about = { $metadata: {}, message: "" };
  s3.on(GetObjectCommand)
    .rejectsOnce(new NoSuchKey(about))
    .rejectsOnce(new InvalidObjectState(about))
    .rejects(new Error("503"));
  expect(await payloads.read(KEY)).toEqual({
    impossible: expect.stringContaining("payloadRetentionDays") as string,
  });
  expect(await payloads.read(KEY)).toEqual({ impossible: expect.stringContaining("Glacier") as string });
  await expect(payloads.read(KEY)).rejects.toThrow("S3 GetObject");
});
