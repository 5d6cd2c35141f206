import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { grouped, readCauses } from "../../../inbox/causes";
import { inboxAt } from "../../../inbox/connect";
import type { Outputs } from "../../../inbox/outputs";

const trouble = (id: string, at: string, over: object = {}) => ({
  ...({ kind: "dead_lettered", provider: "stripe", error: "States.QueryEvaluationError" } as const),
  ...{ detail: `detail of ${id}`, id, at },
  ...over,
});

test("troubles are grouped by kind, provider and error, the most frequent first, with the newest as a sample", () => {
  const other = { kind: "rejected", error: "signature_mismatch" } as const;
  expect(
    grouped([
      trouble("stripe/2", "2026-01-02T00:00:00Z", other),
      trouble("evt_3", "2026-01-03T00:00:00Z"),
      trouble("evt_1", "2026-01-01T00:00:00Z"),
      trouble("evt_4", "2026-01-04T00:00:00Z", { provider: "acme" }),
    ]),
  ).toEqual([
    {
      ...{
        kind: "dead_lettered",
        provider: "stripe",
        error: "States.QueryEvaluationError",
        detail: "detail of evt_3",
      },
      ...{ count: 2, first: "2026-01-01T00:00:00Z", last: "2026-01-03T00:00:00Z", sample: "evt_3" },
      fix: "webhooks dlq redrive --provider stripe --reason States.QueryEvaluationError",
    },
    expect.objectContaining({
      kind: "rejected",
      count: 1,
      fix: "webhooks rejected show stripe/2",
    }),
    expect.objectContaining({ provider: "acme", count: 1 }),
  ]);
});

test.each([
  ["ReceivesExhausted", "MovedBySqs"],
  ["it's; rm -rf", "'it'\\''s; rm -rf'"],
])("the command for %s names the error as the dead letters have it, safe in a shell: %s", (error, named) => {
  const [cause] = grouped([trouble("evt_1", "2026-01-01T00:00:00Z", { error })]);
  expect(cause?.fix).toBe(`webhooks dlq redrive --provider stripe --reason ${named}`);
});

test.each([
  ["no_secret_matched", "webhooks secrets add stripe && webhooks rejected release --provider stripe"],
  ["secret_missing", "webhooks secrets add stripe && webhooks rejected release --provider stripe"],
  ["body_altered", "webhooks rejected show stripe/2"],
  ["clock", "webhooks rejected show stripe/2"],
  ["source_not_allowed", "webhooks rejected release --provider stripe --reason source_not_allowed"],
  ["unsigned", "webhooks rejected show stripe/2"],
])("what was rejected for %s is fixed by %s", (detail, fix) => {
  const over = { kind: "rejected", error: "signature_mismatch", detail };
  expect(grouped([trouble("stripe/2", "2026-01-02T00:00:00Z", over)])).toMatchObject([{ fix }]);
});

test("undelivered events are grouped by rule and error, whatever their provider", () => {
  const undelivered = { kind: "undelivered", rule: "orders", error: "NO_RESOURCE" } as const;
  const causes = grouped([
    trouble("evt_1", "2026-01-01T00:00:00Z", undelivered),
    trouble("gh_1", "2026-01-02T00:00:00Z", { ...undelivered, provider: "github" }),
    trouble("evt_2", "2026-01-03T00:00:00Z", { ...undelivered, error: "NO_PERMISSIONS" }),
  ]);
  expect(causes).toMatchObject([
    { ...undelivered, count: 2, sample: "gh_1", fix: "webhooks replay --undelivered orders" },
    { ...undelivered, error: "NO_PERMISSIONS", count: 1 },
  ]);
});

describe("a quarantine", () => {
  const outputs = { dynamodb_table_name: "table", s3_bucket_name: "bucket" } as Outputs;
  const inbox = inboxAt(outputs, { region: "us-east-1" });
  const s3 = mockClient(S3Client);
  mockClient(DynamoDBClient).on(QueryCommand).resolves({ Items: [] });
  const Contents = [{ Key: "rejected/stripe/2026-01-02/20260102T030405000Z-01234567" }];
  beforeEach(() => s3.reset());

  test("that cannot be read in time is named, and all else is shown", async () => {
    const time = new AbortController();
    s3.on(ListObjectsV2Command).callsFake(() => {
      time.abort();
      return { Contents, NextContinuationToken: "more" };
    });
    expect(await readCauses(inbox, time.signal)).toEqual({ causes: [], more: false, unread: ["rejected"] });
  });

  test("that cannot be read at all is an error", async () => {
    s3.on(ListObjectsV2Command).rejects(new Error("Access Denied"));
    await expect(readCauses(inbox, new AbortController().signal)).rejects.toThrow("Access Denied");
  });

  test("that is read in time leaves nothing out", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents });
    s3.on(HeadObjectCommand).resolves({ Metadata: { reason: "signature_mismatch", cause: "unsigned" } });
    expect(await readCauses(inbox, new AbortController().signal)).toMatchObject({
      causes: [{ kind: "rejected", provider: "stripe", count: 1 }],
      unread: [],
    });
  });
});
