import {
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { startLocalStack, type LocalStack } from "../../local/stack";
import { recordFunctions, type FunctionUsage } from "./functions";
import type { Usage } from "./model";
import { measureWorkflow, type WorkflowUsage } from "./workflow";

/** Webhooks per batch: the maximum for a FIFO queue, and one, for webhooks that arrive one by one. */
export const BATCHES = [10, 1] as const;

export interface Counted {
  /** Usage by the number of webhooks per batch. */
  readonly batches: ReadonlyMap<number, Usage>;
  /** Number of alarms of the deployed stack, without the one that each provider has. */
  readonly alarms: number;
}

/**
 * Counts what is billed for batches of new webhooks, by running the functions and the workflow.
 * @param onStep gets each step as it begins
 * @param payloadBytes size of each webhook's payload @default 5 KB
 */
export async function countUsage(onStep: (step: string) => void, payloadBytes?: number): Promise<Counted> {
  const batches = new Map<number, Usage>();
  const stack = await startLocalStack({ onStep });
  try {
    for (const functions of await recordFunctions(BATCHES, payloadBytes)) {
      await claim(stack, functions);
      const executions: WorkflowUsage[] = [];
      // Measures each execution: a batch that is too large for one becomes several.
      for (const call of functions.process.calls)
        if (call.operation === "StartSyncExecution") executions.push(await measureWorkflow(stack, call));
      if (executions.length === 0) throw new Error("the processing function started no execution");
      batches.set(functions.webhooks, { functions, executions });
    }
    const { alarm_names: alarms, providers } = stack.outputs;
    return { batches, alarms: alarms.length - providers.length };
  } finally {
    await stack.stop();
  }
}

/**
 * Writes the records that the ingestion function's calls would write, and the record of a group that has had events
 * before.
 */
async function claim({ emulator, outputs }: LocalStack, { ingest }: FunctionUsage): Promise<void> {
  const dynamodb = new DynamoDBClient(emulator.client);
  const TableName = outputs.dynamodb_table_name;
  const groups = new Set<string>();
  for (const { operation, body } of ingest.calls) {
    const input = JSON.parse(operation === "PutObject" ? "{}" : body.toString()) as Record<string, unknown>;
    if (operation === "SendMessage") groups.add(String(input["MessageGroupId"]));
    if (operation !== "UpdateItem") continue;
    await dynamodb.send(
      new UpdateItemCommand({ ...(input as unknown as UpdateItemCommandInput), TableName }),
    );
  }
  for (const group of groups) {
    const Item = { pk: { S: `_group#${group}` }, newest: { S: "2000-01-01T00:00:00.000Z" } };
    await dynamodb.send(new PutItemCommand({ TableName, Item }));
  }
}
