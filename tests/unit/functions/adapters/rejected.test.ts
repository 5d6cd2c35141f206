import { PutObjectCommand, S3, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { QUARANTINE_TIMEOUT_MS, createQuarantine } from "../../../../functions/adapters/rejected";
import { parseRejected, type RejectedRequest } from "../../../../functions/domain/rejected";

const rejected: RejectedRequest = {
  id: "stripe/20260102T030405678Z-c6af9ac6",
  provider: "stripe",
  scheme: "stripe",
  receivedAt: "2026-01-02T03:04:05.678Z",
  reason: "signature_mismatch",
  detail: "the secret did not sign these bytes",
  diagnosis: { cause: "secret_form", detail: "secret 0 matches without the white space around it" },
  requestId: "c6af9ac6",
  request: { method: "POST", headers: { "stripe-signature": ["t=1,v1=00"] }, body: Buffer.from("{}") },
};

test("a rejected request is one object, with what lists show beside it", async () => {
  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).resolves({});
  expect(await createQuarantine("bucket", new S3({}), true).keep(rejected)).toBe(true);
  const [put] = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
  expect(put).toMatchObject({
    Bucket: "bucket",
    Key: "rejected/stripe/2026-01-02/20260102T030405678Z-c6af9ac6",
    Metadata: { reason: "signature_mismatch", cause: "secret_form", bytes: "2" },
  });
  expect(parseRejected(String(put?.Body))).toMatchObject({ id: rejected.id, reason: rejected.reason });
  s3.restore();
});

test("where none are wanted, S3 is not called", async () => {
  const s3 = mockClient(S3Client);
  expect(await createQuarantine("bucket", new S3({}), false).keep(rejected)).toBe(false);
  expect(s3.calls()).toEqual([]);
  s3.restore();
});

test("S3 that does not answer is given up, and not asked a second time", async () => {
  let calls = 0;
  const handle = (_: unknown, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
    new Promise<never>((_resolve, reject) => {
      calls += 1;
      // A machine that is busy may have given up before S3 is asked.
      if (abortSignal?.aborted) reject(new Error("aborted"));
      abortSignal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
  const s3 = new S3({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestHandler: { handle },
  });
  await expect(createQuarantine("bucket", s3, true, 20).keep(rejected)).rejects.toThrow(
    "S3 PutObject (rejected)",
  );
  expect(calls).toBe(1);
  expect(QUARANTINE_TIMEOUT_MS).toBeLessThan(2_500);
});

test("a provider's flood is kept in part, and takes nothing from another", () => {
  const { admits } = createQuarantine("bucket", new S3({}), true);
  const admitted = Array.from({ length: 200 }, () => admits("stripe")).filter((one) => one).length;
  expect(admitted).toBeGreaterThanOrEqual(60);
  expect(admitted).toBeLessThan(70);
  expect(admits("github")).toBe(true);
});
