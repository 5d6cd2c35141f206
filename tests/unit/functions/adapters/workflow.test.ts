import {
  SFNClient,
  StartSyncExecutionCommand,
  type StartSyncExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { createWorkflowClient } from "../../../../functions/adapters/workflow";
import { UnavailableError } from "../../../../functions/domain/errors";
import type { WorkflowItem } from "../../../../functions/domain/workflow";

const item = (id: string): WorkflowItem => ({
  recordKey: `acme#${id}`,
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
const workflow = createWorkflowClient("arn:machine", new SFNClient({ region: "us-east-1" }));
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

describe("the cause of a failed expression", () => {
  /** Wording of AWS: https://github.com/floci-io/floci/pull/2783 */
  const lead = (length: number) =>
    `An error occurred while executing the state 'Enrich' (entered at the event id #7). The JSONata expression '${"x".repeat(length)}' specified for the field 'Output' threw an error during evaluation`;

  test.each([
    [". D3137: this one is poison", "D3137: this one is poison"],
    [": The expression took too long", "The expression took too long"],
  ])("is reported by what stands behind the expression, however long that is: %s", async (tail, message) => {
    answer({ status: "FAILED", error: "States.QueryEvaluationError", cause: lead(2_100) + tail });
    expect(await workflow.run([item("a")])).toMatchObject({ error: { message } });
  });

  test("is kept where it is written in another way", async () => {
    answer({
      status: "FAILED",
      error: "States.DataLimitExceeded",
      cause: "The state's output is too large.",
    });
    expect(await workflow.run([item("a")])).toMatchObject({
      error: { message: "The state's output is too large." },
    });
  });

  test("is cut at 2,000 code points", async () => {
    answer({ status: "FAILED", error: "E", cause: "\u{1f600}".repeat(3_000) });
    expect(await workflow.run([item("a")])).toMatchObject({ error: { message: "\u{1f600}".repeat(2_000) } });
  });
});

test("a task's time-out is a service's failure and not the execution's", async () => {
  answer({ status: "FAILED", error: "States.Timeout" });
  expect(await workflow.run([item("a")])).toMatchObject({ error: { code: "TaskTimedOut" } });
});

test("an answer that does not come in time is an execution that timed out", async () => {
  sfn
    .on(StartSyncExecutionCommand)
    .callsFake(() => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("aborted")), 50)));
  expect(await workflow.run([item("a")], { timeoutMs: 10 })).toMatchObject({
    status: "failed",
    error: { code: "States.Timeout" },
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
