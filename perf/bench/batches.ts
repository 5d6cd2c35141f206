import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { LocalStack } from "../../local/stack";
import { drainOneGroup } from "./drain";
import type { Bench } from "./figure";

export const name = "batches";
export const title = "one group of 100: batches of ten against one execution per webhook";
export const unit = "x";
export const target = { atLeast: 3 };

export async function measure({ rounds, stack, step }: Bench): Promise<readonly number[]> {
  const running = await stack();
  await drainOneGroup(running);
  const values: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    step(`batches of ten and of one, round ${round} of ${rounds}`);
    const ten = await drainOneGroup(running);
    await setBatchSize(running, 1);
    try {
      values.push(ten / (await drainOneGroup(running)));
    } finally {
      await setBatchSize(running, 10);
    }
  }
  return values;
}

async function setBatchSize({ emulator, outputs }: LocalStack, BatchSize: number): Promise<void> {
  const lambda = new LambdaClient(emulator.client);
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: outputs.processing_function_name }),
  );
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, BatchSize }));
}
