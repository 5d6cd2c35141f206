import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { SQSClient, type Message } from "@aws-sdk/client-sqs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sqsHandler } from "../../consumer";
import { startLocalStack, type LocalStack } from "../../local/stack";
import { fillQueue, readQueue } from "./consumer-queue";
import type { Bench, Figure } from "./figure";

/** Milliseconds after which the consumer's server answers. */
const ANSWER_MS = 20;

const MANY = 10;

/** Reads a consumer's queue for one round. */
type Round = (stack: LocalStack, sqs: SQSClient) => Promise<number>;

const figure = (name: string, unit: string, title: string, round: Round): Figure => ({
  name,
  title,
  unit,
  measure: (bench) => measure(bench, name, round),
});

/** What one consumer carries on the local stack. */
export const consumerFigures: readonly Figure[] = [
  figure("consumer-queue-group", "events/s", "a queue consumer, one group in batches of ten", queueRound(1)),
  figure("consumer-queue-groups", "events/s", "the same, ten groups with ten readers", queueRound(MANY)),
  figure("consumer-http-group", "deliveries/s", "a consumer over HTTP, one group in order", httpRound(1)),
  figure("consumer-http-groups", "deliveries/s", "the same, ten groups at concurrency 10", httpRound(MANY)),
];

async function measure({ rounds, step }: Bench, name: string, round: Round): Promise<readonly number[]> {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.writeHead(204).end(), ANSWER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const http = { url: `http://127.0.0.1:${port}/`, secret: { ssm: "/webhook-inbox/local/consumer-http" } };
  const consumers = [
    { name: "queue", queue: {} },
    { name: "http", http },
  ];
  const stack = await startLocalStack({ config: { consumers } });
  const sqs = new SQSClient(stack.emulator.client);
  try {
    const values: number[] = [];
    for (let count = 0; count <= rounds; count += 1) {
      step(`${name}, round ${count} of ${rounds}${count === 0 ? " (warm-up)" : ""}`);
      const value = await round(stack, sqs);
      if (count > 0) values.push(value);
    }
    return values;
  } finally {
    server.closeAllConnections();
    server.close();
    await stack.stop();
  }
}

/** The package's handler, with an effect that costs nothing. */
function queueRound(groups: number): Round {
  const handler = sqsHandler(async () => undefined);
  return async ({ outputs }, sqs) => {
    const queueUrl = outputs.consumer_queues["queue"]?.queue_url ?? "";
    await fillQueue(sqs, queueUrl, groups);
    return readQueue(sqs, queueUrl, { readers: groups, batchSize: 10 }, async (messages) => {
      const { batchItemFailures } = await handler({ Records: messages.map(record) });
      if (batchItemFailures.length > 0) throw new Error("the handler failed");
    });
  };
}

/**
 * The deployed function, called as on AWS: one message at a time, and as many at once as there are groups. The emulator's own
 * mapping, which has one batch in flight for a FIFO queue, is switched off.
 */
function httpRound(groups: number): Round {
  return async ({ emulator, outputs }, sqs) => {
    const lambda = new LambdaClient(emulator.client);
    const { queue_url: queueUrl = "", mapping_uuid: UUID } = outputs.consumer_queues["http"] ?? {};
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    const { FunctionArn: FunctionName } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    await fillQueue(sqs, queueUrl, groups);
    return readQueue(sqs, queueUrl, { readers: groups, batchSize: 1 }, async (messages) => {
      const Payload = JSON.stringify({ Records: messages.map(record) });
      const answered = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
      const text = Buffer.from(answered.Payload ?? []).toString();
      if (text !== '{"batchItemFailures":[]}') throw new Error(`the delivery function answered ${text}`);
    });
  };
}

/** A message as the event source mapping hands it over. */
function record({ MessageId = "", ReceiptHandle, Body = "", Attributes, MessageAttributes = {} }: Message) {
  const { MessageGroupId } = Attributes ?? {};
  return {
    ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body },
    attributes: { ...Attributes, MessageGroupId },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
        name,
        { dataType: DataType, stringValue: StringValue },
      ]),
    ),
  };
}
