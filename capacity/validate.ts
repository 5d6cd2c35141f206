import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import {
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { randomUUID } from "node:crypto";
import { drainOneGroup } from "../bench/drain";
import { startLocalStack, type LocalStack } from "../local/stack";
import { AWS, type Platform } from "./model";
import { simulate } from "./simulate";

const GROUP_SIZE = 100;
const ROUNDS = 3;

export interface Validation {
  /** Webhooks per second. */
  readonly predicted: number;
  readonly measured: number;
  /** Share by which the prediction is off. */
  readonly error: number;
}

/**
 * Predicts how fast one group drains in the emulator and measures it. The emulator's times come from elsewhere than the
 * drain in batches of ten that is predicted: batches handed to the processing function by hand, and a drain one by one.
 */
export async function validate(onStep: (step: string) => void): Promise<Validation> {
  const stack = await startLocalStack({ onStep });
  try {
    const lambda = new LambdaClient(stack.emulator.client);
    await drainOneGroup(stack);
    const samples = {
      one: [] as number[],
      ten: [] as number[],
      single: [] as number[],
      measured: [] as number[],
    };
    for (let round = 1; round <= ROUNDS; round += 1) {
      onStep(`times of the emulator and its drain, round ${round} of ${ROUNDS}`);
      samples.measured.push(await secondsPerWebhook(stack, 10));
      for (let call = 0; call < 5; call += 1) {
        samples.one.push(await invoke(lambda, stack, 1));
        samples.ten.push(await invoke(lambda, stack, 10));
      }
      await setBatchSize(lambda, stack, 1);
      samples.single.push(await secondsPerWebhook(stack, 1).finally(() => setBatchSize(lambda, stack, 10)));
    }
    const [one, ten] = [quiet(samples.one), quiet(samples.ten)];
    const perWebhook = Math.max(0, (ten - one) / 9);
    const platform: Platform = {
      ...AWS,
      name: "the emulator",
      coldStartSeconds: 0,
      processSeconds: { perBatch: one - perWebhook, perWebhook },
      gapSeconds: Math.max(0, quiet(samples.single) - one),
      batchesAtOnce: 1,
      jitter: 0,
    };
    const finished = (queued: number) => simulate(platform, [], { seconds: 600, seed: 1, queued }).finishedAt;
    const predicted = (GROUP_SIZE - 10) / (finished(GROUP_SIZE) - finished(10));
    const measured = 1 / quiet(samples.measured);
    return { predicted, measured, error: Math.abs(predicted - measured) / measured };
  } finally {
    await stack.stop();
  }
}

/** The lower quartile: what else runs on the machine only ever makes it slower. */
function quiet(seconds: readonly number[]): number {
  return [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 4)] ?? NaN;
}

/**
 * Drains one group, and reads from the table how fast it went from the first batch to the last: until the emulator sees
 * that it may begin, up to a second passes, which says nothing about the path.
 */
async function secondsPerWebhook(stack: LocalStack, batchSize: number): Promise<number> {
  await drainOneGroup(stack);
  const dynamodb = new DynamoDBClient(stack.emulator.client);
  const times: number[] = [];
  let ExclusiveStartKey: ScanCommandOutput["LastEvaluatedKey"];
  do {
    const page: ScanCommandOutput = await dynamodb.send(
      new ScanCommand({
        TableName: stack.outputs.dynamodb_table_name,
        ProjectionExpression: "publishedAt",
        ExclusiveStartKey,
      }),
    );
    for (const { publishedAt } of page.Items ?? []) times.push(Date.parse(publishedAt?.S ?? ""));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  const own = times
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => a - b)
    .slice(-GROUP_SIZE);
  const [first = NaN, last = NaN] = [own[batchSize - 1], own.at(-1)];
  return (last - first) / 1_000 / (GROUP_SIZE - batchSize);
}

/** Hands the processing function a batch as the queue would. @returns seconds */
async function invoke(lambda: LambdaClient, stack: LocalStack, webhooks: number): Promise<number> {
  const run = randomUUID();
  const Records = Array.from({ length: webhooks }, (_, index) => {
    const id = `evt_${run}_${index}`;
    const data = JSON.stringify({ id, type: "invoice.paid" });
    const webhook = {
      ...{ provider: "stripe", id, type: "invoice.paid", contentType: "application/json" },
      ...{ size: data.length, s3Key: `raw/stripe/${id}/0`, replay: 0, data },
    };
    return {
      messageId: id,
      receiptHandle: id,
      body: JSON.stringify(webhook),
      attributes: {
        MessageGroupId: "stripe",
        MessageDeduplicationId: id,
        SequenceNumber: String(index),
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.now()),
      },
      messageAttributes: {},
    };
  });
  const startedAt = performance.now();
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: stack.outputs.processing_function_name,
      Payload: JSON.stringify({ Records }),
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const { batchItemFailures } = JSON.parse(Buffer.from(Payload ?? []).toString()) as {
    batchItemFailures?: readonly unknown[];
  };
  if (FunctionError !== undefined || batchItemFailures?.length !== 0)
    throw new Error(`the processing function failed: ${Buffer.from(Payload ?? []).toString()}`);
  return seconds;
}

async function setBatchSize(lambda: LambdaClient, { outputs }: LocalStack, BatchSize: number): Promise<void> {
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: outputs.processing_function_name }),
  );
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, BatchSize }));
}
