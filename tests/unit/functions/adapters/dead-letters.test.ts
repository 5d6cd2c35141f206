import {
  ReceiveMessageCommand,
  SendMessageCommand,
  SQS,
  SQSClient,
  type Message,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { createDeadLetterReader, createRedriveSender } from "../../../../functions/adapters/dead-letters";
import { createDeadLetterSender } from "../../../../functions/adapters/queue";
import type { DeadLetter } from "../../../../functions/domain/recover";

const TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793";
const RECEIVED_AT = "2026-01-01T11:00:00.000Z";

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

async function read(message: Message): Promise<DeadLetter | undefined> {
  sqs.on(ReceiveMessageCommand).resolves({ Messages: [message] });
  for await (const deadLetter of createDeadLetterReader("https://dlq.fifo", new SQS()).read())
    return deadLetter;
  return undefined;
}

const sent = (): SendMessageCommandInput => {
  const [call] = sqs.commandCalls(SendMessageCommand);
  if (!call) throw new Error("nothing was sent");
  return call.args[0].input;
};

/** A message as SQS moves it: with its id, its group and its attributes, a new time. */
const moved: Message = {
  MessageId: "m-1",
  ReceiptHandle: "r-1",
  Body: "{}",
  Attributes: { MessageGroupId: "acme:7", SentTimestamp: "1767265200000", AWSTraceHeader: TRACE },
  MessageAttributes: { ReceivedAt: { DataType: "String", StringValue: RECEIVED_AT } },
};

test("what SQS moved goes back into its group, with its receive time and its trace, marked, under an id of its own", async () => {
  const deadLetter = await read(moved);
  expect(deadLetter).toEqual({
    messageId: "m-1",
    receiptHandle: "r-1",
    body: "{}",
    unreadable: expect.stringContaining("lacks a valid provider") as string,
    group: "acme:7",
    receivedAt: RECEIVED_AT,
    trace: TRACE,
  });
  sqs.on(SendMessageCommand).resolves({});
  await createRedriveSender("https://queue.fifo", new SQS()).redrive(deadLetter!);
  expect(sent()).toEqual({
    QueueUrl: "https://queue.fifo",
    MessageBody: "{}",
    MessageGroupId: "acme:7",
    MessageDeduplicationId: "redrive:m-1",
    MessageAttributes: {
      ReceivedAt: { DataType: "String", StringValue: RECEIVED_AT },
      RedrivenBy: { DataType: "String", StringValue: "recovery" },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: TRACE } },
  });
});

test("a redriven one that SQS moves again is known by what it was sent with", async () => {
  sqs.on(SendMessageCommand).resolves({});
  await createRedriveSender("https://queue.fifo", new SQS()).redrive((await read(moved))!);
  const { MessageAttributes } = sent();
  expect(await read({ ...moved, MessageId: "m-2", MessageAttributes: MessageAttributes! })).toMatchObject({
    messageId: "m-2",
    redriven: true,
  });
});

test("one that an operator gave a group of its own keeps the id and the group that it came with", async () => {
  const OriginalMessageGroupId = { DataType: "String", StringValue: "acme:7" };
  const spread = {
    ...moved,
    MessageId: "m-9",
    Attributes: { ...moved.Attributes, MessageGroupId: "m-1" },
    MessageAttributes: { ...moved.MessageAttributes, OriginalMessageGroupId },
  };
  expect(await read(spread)).toMatchObject({ messageId: "m-1", group: "acme:7" });
});

test("one that the processor dead-lettered has its reason, also where it was redriven before", async () => {
  sqs.on(SendMessageCommand).resolves({});
  const failure = { error: { code: "States.QueryEvaluationError", message: "poison" }, attempts: 3 };
  await createDeadLetterSender("https://dlq.fifo", new SQS()).send(
    { ...(await read(moved))!, deduplicationId: "redrive:m-0", sequence: "1", receiveCount: 1 },
    failure,
  );
  const { MessageAttributes, MessageGroupId } = sent();
  const message = { ...moved, Attributes: { MessageGroupId }, MessageAttributes } as Message;
  expect(await read(message)).toMatchObject({ messageId: "m-1", group: "acme:7", failure });
});
