import {
  SFNClient,
  StartSyncExecutionCommand,
  type StartSyncExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { workflowAt } from "../../../functions/adapters/workflow";
import { UnavailableError } from "../../../functions/domain/errors";
import type { WorkflowItem } from "../../../functions/domain/workflow";

const item = (id: string): WorkflowItem => ({
  key: `acme#${id}`,
  group: "acme",
  provider: "acme",
  id,
  type: "thing.made",
  contentType: "application/json",
  size: 2,
  s3Key: "raw/acme/k",
  replay: 0,
  receivedAt: "2026-01-01T00:00:00.000Z",
  sequence: "1",
  data: "{}",
});

const sfn = mockClient(SFNClient);
const workflow = workflowAt("arn:machine", new SFNClient({ region: "us-east-1" }));
const answer = (fields: Partial<StartSyncExecutionCommandOutput>) =>
  sfn.on(StartSyncExecutionCommand).resolves({ executionArn: "arn:execution", ...fields });

beforeEach(() => sfn.reset());

test("an execution that succeeded gives an outcome per webhook", async () => {
  answer({ status: "SUCCEEDED", output: '{"outcomes":[{"status":"published"}]}' });
  expect(await workflow.run([item("a")])).toEqual({
    status: "succeeded",
    executionArn: "arn:execution",
    outcomes: [{ status: "published" }],
  });
});

test.each([
  [
    { status: "FAILED", error: "States.DataLimitExceeded", cause: "too large" } as const,
    "States.DataLimitExceeded",
  ],
  [{ status: "TIMED_OUT" } as const, "States.Timeout"],
])("an answer with HTTP 200 and another status is a failure: %j", async (fields, code) => {
  answer(fields);
  expect(await workflow.run([item("a")])).toMatchObject({
    status: "failed",
    executionArn: "arn:execution",
    error: { code },
  });
});

test("a call that fails is the service's failure, not the webhook's", async () => {
  sfn.on(StartSyncExecutionCommand).rejects(new Error("throttled"));
  await expect(workflow.run([item("a")])).rejects.toThrow(UnavailableError);
});

test("an execution is named after what it carries, within what Step Functions takes", async () => {
  answer({ status: "SUCCEEDED", output: "{}" });
  await workflow.run([item(`evt/ü ${"x".repeat(100)}`), item("b")]);
  const name = sfn.commandCalls(StartSyncExecutionCommand)[0]?.args[0].input.name ?? "";
  expect(name).toMatch(/^acme-evt___x+-x2-[a-z0-9]+$/);
  expect(name.length).toBeLessThanOrEqual(80);
});
