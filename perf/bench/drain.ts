import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { toValues } from "../../functions/adapters/record-item";
import type { LocalStack } from "../../local/stack";
import { schemes, sign } from "../../providers";

const GROUP_SIZE = 100;
const DRAIN_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
/** Milliseconds between two counts: each scans the table in the emulator, which does nothing else meanwhile. */
const LOOK_MS = 150;

/**
 * Queues one group of webhooks while the processor is paused, resumes it, and measures until the last one is published.
 * @returns webhooks per second
 */
export async function drainOneGroup(stack: LocalStack): Promise<number> {
  const lambda = new LambdaClient(stack.emulator.client);
  const dynamodb = new DynamoDBClient(stack.emulator.client);
  const FunctionName = stack.outputs.processing_function_name;
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  if (!mapping?.UUID) throw new Error(`${FunctionName} has no event source mapping`);

  await setEnabled(lambda, mapping.UUID, false);
  const run = randomUUID();
  const ids = Array.from({ length: GROUP_SIZE }, (_, index) => `evt_${run}_${index}`);
  for (const id of ids.slice(0, -1)) await post(stack, id);
  await setEnabled(lambda, mapping.UUID, true);

  const startedAt = performance.now();
  // Sends the last webhook only now: the emulator polls an idle queue once a second, but at once when a message
  // arrives.
  await post(stack, ids.at(-1) ?? "");
  while (
    (await countPublished(dynamodb, stack.outputs.dynamodb_table_name, `stripe#evt_${run}`)) < ids.length
  ) {
    if (performance.now() - startedAt > DRAIN_TIMEOUT_MS)
      throw new Error(`not all of ${GROUP_SIZE} webhooks were published within ${DRAIN_TIMEOUT_MS / 1000} s`);
    await pause(LOOK_MS);
  }
  return (GROUP_SIZE / (performance.now() - startedAt)) * 1000;
}

async function setEnabled(lambda: LambdaClient, UUID: string, Enabled: boolean): Promise<void> {
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  const wanted = Enabled ? "Enabled" : "Disabled";
  while ((await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State !== wanted)
    await pause(POLL_MS);
}

async function post(stack: LocalStack, id: string): Promise<void> {
  const scheme = schemes["stripe"];
  if (!scheme) throw new Error("the scheme stripe is missing");
  const body = Buffer.from(JSON.stringify({ id, type: "invoice.paid", data: { object: { amount: 4_200 } } }));
  const headers = sign(scheme, { body, secret: stack.providers["stripe"]?.secret ?? "", now: Date.now() });
  const response = await fetch(`${stack.outputs.api_endpoint}/stripe`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  if (response.status !== 202)
    throw new Error(`${id} was answered ${response.status}: ${await response.text()}`);
}

async function countPublished(dynamodb: DynamoDBClient, TableName: string, prefix: string): Promise<number> {
  const { Count } = await dynamodb.send(
    new ScanCommand({
      TableName,
      Select: "COUNT",
      FilterExpression: "begins_with(pk, :prefix) AND #status = :published",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: toValues({ ":prefix": prefix, ":published": "published" }),
    }),
  );
  return Count ?? 0;
}
