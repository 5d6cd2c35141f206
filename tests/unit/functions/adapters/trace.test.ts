import { SendMessageCommand, SQS, SQSClient } from "@aws-sdk/client-sqs";
import { SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import type { SQSRecord } from "aws-lambda";
import { receivedMessage, createQueueSender } from "../../../../functions/adapters/queue";
import { traceId } from "../../../../functions/adapters/trace";
import { createWorkflowClient } from "../../../../functions/adapters/workflow";
import type { GroupPorts } from "../../../../functions/domain/group-ports";
import { processGroup } from "../../../../functions/domain/process-group";
import { aWebhook } from "../../../support/a-webhook";

const ROOT = "1-67891233-abcdef012345678912345678";
const INGEST = `Root=${ROOT};Parent=1111111111111111;Sampled=1`;
const PROCESSOR = "Root=1-00000000-000000000000000000000000;Parent=2222222222222222;Sampled=1";

const webhook = aWebhook("a");

afterEach(() => delete process.env["_X_AMZN_TRACE_ID"]);

describe("one X-Ray trace", () => {
  test("goes from the ingestion function with the message into the queue", async () => {
    process.env["_X_AMZN_TRACE_ID"] = INGEST;
    const sqs = mockClient(SQSClient);
    const queue = createQueueSender("https://queue", new SQS({ region: "us-east-1" }));
    await queue.send({ webhook, group: "acme", deduplicationId: "acme:a:0", receivedAt: 0 });
    const [call] = sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input.MessageSystemAttributes).toEqual({
      AWSTraceHeader: { DataType: "String", StringValue: INGEST },
    });
  });

  test("goes from the message through the processing function into the execution, not into its input", async () => {
    process.env["_X_AMZN_TRACE_ID"] = PROCESSOR;
    const sfn = mockClient(SFNClient);
    sfn.on(StartSyncExecutionCommand).resolves({
      status: "SUCCEEDED",
      executionArn: "arn:execution",
      output: '{"outcomes":[{"status":"published"}]}',
    });
    const record = {
      messageId: "m-1",
      receiptHandle: "r-1",
      body: JSON.stringify(webhook),
      messageAttributes: {},
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "0",
        MessageGroupId: "acme",
        AWSTraceHeader: INGEST,
      },
    } as unknown as SQSRecord;
    const ports = {
      workflow: createWorkflowClient("arn:machine", new SFNClient({ region: "us-east-1" })),
      maxReceiveCount: 3,
      remainingMs: () => 30_000,
      log: () => undefined,
    } as unknown as GroupPorts;

    expect(await processGroup([receivedMessage(record)], ports)).toEqual([]);

    const [call] = sfn.commandCalls(StartSyncExecutionCommand);
    expect(call?.args[0].input.traceHeader).toBe(INGEST);
    expect(call?.args[0].input.input).not.toContain(ROOT);
  });

  test("is the processing function's own where the message brings none", async () => {
    process.env["_X_AMZN_TRACE_ID"] = PROCESSOR;
    const sfn = mockClient(SFNClient);
    sfn.on(StartSyncExecutionCommand).resolves({ status: "SUCCEEDED", output: '{"outcomes":[]}' });
    const workflow = createWorkflowClient("arn:machine", new SFNClient({ region: "us-east-1" }));
    await workflow.run([
      {
        ...webhook,
        recordKey: "acme#a",
        group: "acme",
        receivedAt: "2026-01-01T00:00:00.000Z",
        sequence: "1",
      },
    ]);
    expect(sfn.commandCalls(StartSyncExecutionCommand)[0]?.args[0].input.traceHeader).toBe(PROCESSOR);
  });

  test("has an id that log lines and people name it by", () => {
    expect(traceId(INGEST)).toBe(ROOT);
    expect(traceId("Self=1-1;Root=1-2-3;Sampled=0")).toBe("1-2-3");
    expect(traceId("garbage")).toBeUndefined();
    expect(traceId()).toBeUndefined();
  });
});
