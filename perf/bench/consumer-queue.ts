import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";

/** Number of messages in a round. */
export const MESSAGES = 200;

/** Bytes of an event's payload. */
const PAYLOAD_BYTES = 5_000;

/** Maximum number of messages that SQS takes, returns and deletes in one call. */
const BATCH = 10;

/** Seconds that a receive waits for a message. */
const WaitTimeSeconds = 1;

/** Puts events into a consumer's queue, as the workflow does, distributed in turn over a number of groups. */
export async function fillQueue(sqs: SQSClient, QueueUrl: string, groups: number): Promise<void> {
  const run = randomUUID();
  for (let from = 0; from < MESSAGES; from += BATCH) {
    const Entries = Array.from({ length: BATCH }, (_, offset) => entry(run, from + offset, groups));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function entry(run: string, index: number, groups: number) {
  const id = `evt_${run}_${index}`;
  const event = {
    ...{ specversion: "1.0", id, source: "webhook.stripe", type: "invoice.paid", provider: "stripe" },
    ...{ datacontenttype: "application/json", replay: 0, sequence: String(index + 1) },
    receivedat: new Date().toISOString(),
    data: { id, padding: "x".repeat(PAYLOAD_BYTES) },
  };
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    Id: String(index % BATCH),
    MessageBody: JSON.stringify(event),
    MessageGroupId: `stripe:${index % groups}`,
    MessageDeduplicationId: id,
    MessageAttributes: { RecordKey: attribute(`stripe#${id}`), S3Key: attribute(`raw/stripe/${id}`) },
  };
}

export interface ReaderOptions {
  /** Number of concurrent receives: as many as event source mappings would have functions running. */
  readonly readers: number;
  readonly batchSize: number;
}

/**
 * Reads a queue as an event source mapping does, until all messages of a round are done. @returns messages per second
 */
export async function readQueue(
  sqs: SQSClient,
  QueueUrl: string,
  { readers, batchSize }: ReaderOptions,
  handle: (messages: readonly Message[]) => Promise<void>,
): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  const reader = async () => {
    while (done < MESSAGES) {
      const receive = { QueueUrl, MaxNumberOfMessages: batchSize, WaitTimeSeconds };
      const all = { MessageSystemAttributeNames: ["All" as const], MessageAttributeNames: ["All"] };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...receive, ...all }));
      if (Messages.length === 0) continue;
      await handle(Messages);
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      done += Messages.length;
      if (done >= MESSAGES) endedAt ??= performance.now();
    }
  };
  let endedAt: number | undefined;
  await Promise.all(Array.from({ length: readers }, reader));
  return (MESSAGES / ((endedAt ?? performance.now()) - startedAt)) * 1_000;
}
