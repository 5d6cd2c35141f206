import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { inboxAt } from "../../../inbox/connect";
import type { Outputs } from "../../../inbox/outputs";
import { RawPayloads } from "../../../inbox/payloads";

const s3 = mockClient(S3Client);
const payloads = new RawPayloads(inboxAt({ s3_bucket_name: "bucket" } as Outputs, { region: "us-east-1" }));
const signal = new AbortController().signal;

beforeEach(() => s3.reset());

test("webhooks that share an event id are found by what S3 lists under it, and no others", async () => {
  s3.on(ListObjectsV2Command).resolves({
    CommonPrefixes: [
      { Prefix: "raw/github/a%2Fb~0123456789abcdef/" },
      { Prefix: "raw/github/a%2Fb~fedcba9876543210/" },
      // Another id that begins alike.
      { Prefix: "raw/github/a%2Fb~c~0123456789abcdef/" },
    ],
  });
  expect(await payloads.keysOf("github", "a/b", signal)).toEqual([
    "a/b~0123456789abcdef",
    "a/b~fedcba9876543210",
  ]);
  expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input).toMatchObject({
    Prefix: "raw/github/a%2Fb~",
    Delimiter: "/",
  });
});

test("a payload that expired says so, whether it would be read or only referred to", async () => {
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: "", $metadata: {} }));
  s3.on(HeadObjectCommand).rejects(new NotFound({ message: "", $metadata: {} }));
  const gone = /s3:\/\/bucket\/raw\/acme\/a\/0 is gone: it is older than payloadRetentionDays/;
  await expect(payloads.read("raw/acme/a/0")).rejects.toThrow(gone);
  await expect(payloads.assertStored("raw/acme/a/0")).rejects.toThrow(gone);
  s3.on(HeadObjectCommand).resolves({ ContentLength: 1 });
  await expect(payloads.assertStored("raw/acme/a/0")).resolves.toBeUndefined();
});

test("headers that are beside a payload are not listed as one", async () => {
  const LastModified = new Date("2026-01-02T03:04:05Z");
  const Contents = ["raw/p/e/0a.headers", "raw/p/e/0a"].map((Key) => ({ Key, LastModified, Size: 2 }));
  s3.on(ListObjectsV2Command).resolves({ Contents });
  expect((await payloads.list("p", undefined, signal)).map(({ s3Key }) => s3Key)).toEqual(["raw/p/e/0a"]);
});
