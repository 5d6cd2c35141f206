import {
  CreateTableCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { ObservedCall } from "./aws/observed-inbox";
import { comparable } from "./asl";
import { startDynamoDbLocal } from "./java/java";
import type { Recorded } from "./fault-proxy";
import type { RanTask, TaskAnswer } from "./second-engine";

const CREDENTIALS = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

/** Answers to one DynamoDB call, from the emulator and from AWS's own code. */
export interface Answers {
  readonly operation: string;
  readonly input: unknown;
  readonly emulator: { readonly error?: string; readonly output?: unknown };
  readonly local: { readonly error?: string; readonly output?: unknown };
}

/** Starts AWS's own DynamoDB, which gets the same calls as the emulator. */
export async function startDynamoDbWitness() {
  const { endpoint, stop } = await startDynamoDbLocal();
  const client = new DynamoDBClient({ ...CREDENTIALS, endpoint });
  const asked: Answers[] = [];

  /** Sends an operation without the checks and defaults of an SDK. */
  async function send(operation: string, input: unknown): Promise<Answers["local"]> {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        authorization:
          "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        "x-amz-date": "20260101T000000Z",
      },
      body: JSON.stringify(input),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return response.ok ? { output: body } : { error: errorName(body) };
  }

  async function ask(operation: string, input: unknown, emulator: Answers["emulator"]): Promise<Answers> {
    const answers = { operation, input, emulator, local: await send(operation, input) };
    asked.push(answers);
    return answers;
  }

  return {
    client,
    stop,
    send,
    asked,
    ask,
    /** Makes the DynamoDB calls of a run again, in their order, on a table like the run's. */
    run: async (calls: readonly ObservedCall[], table: TableDescription) => {
      await client.send(new CreateTableCommand(likeThat(table)));
      for (const { service, operation, input, answer } of calls) {
        // Skip descriptions of the table, which contain times and addresses.
        if (service !== "dynamodb" || operation === "DescribeTable") continue;
        await ask(operation, input, "status" in answer ? httpAnswer(answer) : taskAnswer(answer));
      }
    },
    /** Makes the DynamoDB calls among the workflow's tasks again. */
    tasks: async (tasks: readonly RanTask[]) => {
      for (const { resource, args, answer } of tasks) {
        const action = /:dynamodb:(\w+)$/.exec(resource)?.[1];
        if (action === undefined) continue;
        const operation = action.charAt(0).toUpperCase() + action.slice(1);
        await ask(operation, args, taskAnswer(answer));
      }
    },
    /** Returns the calls whose two answers differ, or that AWS's code rejects as invalid. */
    differences: () =>
      asked
        .filter(({ emulator, local }) => local.error === "ValidationException" || !alike(emulator, local))
        .map((answers) => JSON.stringify(answers)),
  };
}

const taskAnswer = (answer: TaskAnswer): Answers["emulator"] =>
  "error" in answer ? { error: answer.error.replace(/^DynamoDb\./, "") } : { output: answer.output };

function httpAnswer({ status, body }: Recorded["answer"]): Answers["emulator"] {
  const parsed = JSON.parse(body.toString()) as Record<string, unknown>;
  return status === 200 ? { output: parsed } : { error: errorName(parsed) };
}

/** Returns the input that creates a table with the keys and indexes of another. */
function likeThat(table: TableDescription): CreateTableCommandInput {
  const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = table;
  return {
    TableName,
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    BillingMode: "PAY_PER_REQUEST",
  };
}

const errorName = (body: Record<string, unknown>) => String(body["__type"]).split("#").at(-1) ?? "";

function alike(a: Answers["emulator"], b: Answers["local"]): boolean {
  return a.error === b.error && comparable(ordered(a.output)) === comparable(ordered(b.output));
}

/**
 * Returns an output without capacity and empty members, and with sorted items, since those of a batch arrive in any
 * order.
 */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(ordered);
    return items.sort((a, b) => (comparable(a) < comparable(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !["ConsumedCapacity", "ScannedCount"].includes(name))
      .map(([name, item]): [string, unknown] => [name, ordered(item)])
      .filter(([, item]) => !(typeof item === "object" && item !== null && Object.keys(item).length === 0)),
  );
}
