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

/** Milliseconds after which the consumer's server answers. */
const ANSWER_MS = 20;

const MANY = 10;

/** Reads a consumer's queue for one round. @returns events per second */
type Round = (stack: LocalStack, sqs: SQSClient) => Promise<number>;

/** Rounds by the names of their figures. */
const ROUNDS: Readonly<Record<string, Round>> = {
  "consumer-queue-group": queueRound(1),
  "consumer-queue-groups": queueRound(MANY),
  "consumer-http-group": httpRound(1),
  "consumer-http-groups": httpRound(MANY),
};

/** Measures one figure, and prints its values as JSON. */
async function main(name: string, rounds: number): Promise<void> {
  const round = ROUNDS[name];
  if (!round) throw new Error(`there is no figure ${name}`);
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
      console.error(`  ${name}, round ${count} of ${rounds}${count === 0 ? " (warm-up)" : ""}`);
      const value = await round(stack, sqs);
      if (count > 0) values.push(value);
    }
    console.log(JSON.stringify(values));
  } finally {
    server.closeAllConnections();
    server.close();
    await stack.stop();
  }
}

/** Returns a round with the package's handler, and an effect that costs nothing. */
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
 * Returns a round with the deployed function, called as on AWS: one message at a time, and as many calls at once as
 * there are groups. The emulator's own mapping, which has one batch in flight for a FIFO queue, is switched off.
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
      const { batchItemFailures } = JSON.parse(text) as { batchItemFailures?: readonly unknown[] };
      if (batchItemFailures?.length !== 0) throw new Error(`the delivery function answered ${text}`);
    });
  };
}

/** Returns a message as the event source mapping passes it on. */
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

const [, , name = "", rounds = ""] = process.argv;
main(name, Number(rounds)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
