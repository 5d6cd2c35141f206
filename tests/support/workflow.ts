import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartSyncExecutionCommand,
  TestStateCommand,
} from "@aws-sdk/client-sfn";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { fromItem, toItem } from "../../functions/adapters/record-item";
import { toInput } from "../../functions/adapters/workflow";
import type { StoredGroup, StoredRecord } from "../../functions/domain/record";
import type { Outcome, WorkflowItem } from "../../functions/domain/workflow";
import type { Emulator } from "../../local/emulator";
import { renderWorkflow, type WorkflowConsumer, type WorkflowProvider } from "../../statemachines/render";
import { comparable, type Engine, type Machine } from "./asl";
import { drainQueue, type BusEvent } from "./inbox";
import { jsonata206, recordedAnswers, secondRun, type RanTask } from "./second-engine";

/** Second witnesses of every execution in here; a test can add others. */
export const witnesses: {
  /** Engines of JSONata that must come to what the emulator's comes to. */
  readonly engines: Engine[];
  /** Tables of DynamoDB that hold what the emulator's holds. */
  readonly tables: DynamoDBClient[];
  /** Gets the tasks of each execution, in their order. */
  readonly onTasks: ((tasks: readonly RanTask[]) => Promise<void>)[];
} = { engines: [jsonata206], tables: [], onTasks: [] };

/** A webhook as the processor hands it to the workflow. */
export function item({
  data = "{}",
  byReference = false,
  ...over
}: Partial<WorkflowItem> & { id: string; byReference?: boolean }): WorkflowItem {
  const provider = over.provider ?? "acme";
  return {
    provider,
    recordKey: `${provider}#${over.id}`,
    group: provider,
    type: "thing.made",
    contentType: "application/json",
    size: 2,
    s3Key: `raw/${provider}/${over.id}/0`,
    replay: 0,
    receivedAt: "2026-01-01T00:00:00.000Z",
    sequence: "1",
    ...(over.time !== undefined && { orderTime: over.time }),
    ...(!byReference && { data }),
    ...over,
  };
}

/** The workflow alone, with a table, a bus and consumers' queues of its own in the emulator. */
export async function workflowIn(
  emulator: Emulator,
  providers: readonly WorkflowProvider[],
  consumers: readonly Pick<WorkflowConsumer, "name" | "when">[] = [],
) {
  const name = `workflow-${randomUUID().slice(0, 8)}`;
  const { client } = emulator;
  const dynamodb = new DynamoDBClient(client);
  const sfn = new SFNClient({ ...client, disableHostPrefix: true });
  const sqs = new SQSClient(client);
  const tables = [dynamodb, ...witnesses.tables];
  const createTable = () =>
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    });
  for (const table of tables) await table.send(createTable());
  const tapUrl = await tappedBus(name, new EventBridgeClient(client), sqs);
  const definition = renderWorkflow({
    tableName: name,
    busName: name,
    bucketName: "raw-payloads",
    recordRetentionDays: 90,
    providers,
    consumers: await Promise.all(
      consumers.map(async (consumer) => ({
        ...consumer,
        queueUrl: await fifoQueue(`${name}-${consumer.name}`, sqs),
      })),
    ),
  });
  const roleArn = await createRole(name, emulator);
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name, type: "EXPRESS", roleArn, definition }),
  );
  const entered = new Set<string>();

  /** @throws where another engine comes to something else than the emulator's */
  async function compare(
    machine: string,
    input: object,
    executionArn: string,
    outcome: unknown,
  ): Promise<void> {
    const answers = await recordedAnswers(sfn, executionArn);
    for (const engine of witnesses.engines) {
      const second = await secondRun(JSON.parse(machine) as Machine, input, answers, {
        engine,
        executionId: executionArn,
      });
      const [own, other] = [outcome, second.outcome].map(comparable);
      if (own !== other)
        throw new Error(`the emulator came to ${own}, ${engine.name || "another engine"} to ${other}`);
      if (engine === witnesses.engines[0])
        for (const onTasks of witnesses.onTasks) await onTasks(second.tasks);
    }
  }

  async function execute(
    arn: string | undefined,
    machine: string,
    input: object,
  ): Promise<readonly Outcome[]> {
    const answer = await sfn.send(
      new StartSyncExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) }),
    );
    const outcome =
      answer.status === "SUCCEEDED"
        ? { output: JSON.parse(answer.output ?? "{}") as unknown }
        : { error: answer.error };
    await compare(machine, input, answer.executionArn ?? "", outcome);
    if (answer.status !== "SUCCEEDED") throw new Error(`${answer.error}: ${answer.cause}`);
    const { events = [] } = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: answer.executionArn, maxResults: 1_000 }),
    );
    for (const { stateEnteredEventDetails } of events)
      if (stateEnteredEventDetails?.name) entered.add(stateEnteredEventDetails.name);
    return (JSON.parse(answer.output ?? "{}") as { outcomes: readonly Outcome[] }).outcomes;
  }

  return {
    /** Of the table and the bus. */
    name,
    stateMachineArn: stateMachineArn ?? "",
    definition: JSON.parse(definition) as { States: Record<string, unknown> },
    /** Names of the outer states that the executions so far went through. */
    entered,

    run: (...webhooks: readonly WorkflowItem[]) =>
      execute(stateMachineArn, definition, { webhooks: webhooks.map(toInput) }),

    /**
     * Executes from the publishing on, with what EventBridge answers and the variables that the states before it would have
     * set: the emulator's EventBridge rejects nothing.
     */
    async runAnswered(
      answer: object,
      variables: Readonly<Record<string, unknown>>,
    ): Promise<readonly Outcome[]> {
      const machine = JSON.parse(definition) as { States: { PublishRun: { Assign: object; Next: string } } };
      const { Assign, Next } = machine.States.PublishRun;
      const read = JSON.parse(JSON.stringify(Assign).replaceAll("$states.result", "$answer")) as object;
      const part = JSON.stringify({
        ...machine,
        StartAt: "SetUp",
        States: {
          ...machine.States,
          SetUp: { Type: "Pass", Assign: { ...variables, answer }, Output: {}, Next: "PublishRun" },
          PublishRun: { Type: "Pass", Assign: read, Output: {}, Next },
        },
      });
      const { stateMachineArn: partArn } = await sfn.send(
        new CreateStateMachineCommand({
          name: `${name}-answered-${randomUUID().slice(0, 8)}`,
          type: "EXPRESS",
          roleArn,
          definition: part,
        }),
      );
      return execute(partArn, part, {});
    },

    /** Runs one state by itself, with the variables that the states before it would have set. */
    async runState(state: string, variables: Readonly<Record<string, unknown>>, input: unknown = {}) {
      entered.add(state);
      return sfn.send(
        new TestStateCommand({
          definition,
          stateName: state,
          roleArn,
          input: JSON.stringify(input),
          variables: JSON.stringify(variables),
          // The emulator reads variables from the context.
          context: JSON.stringify({ variables }),
        }),
      );
    },

    async put(pk: string, fields: Partial<StoredRecord>): Promise<void> {
      const command = () => new PutItemCommand({ TableName: name, Item: toItem({ pk, ...fields }) });
      for (const table of tables) await table.send(command());
    },

    /** The record, or the item of a group, with this key. */
    async record(pk: string): Promise<Partial<StoredRecord & StoredGroup> | undefined> {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: name, Key: toItem({ pk }), ConsistentRead: true }),
      );
      return Item && fromItem(Item);
    },

    /** Makes a consumer's queue again. */
    createQueue: (consumer: string) => fifoQueue(`${name}-${consumer}`, sqs),

    /** URL of a consumer's queue. */
    queueUrl: (consumer: string) => queueUrlOf(`${name}-${consumer}`, sqs),

    /** Takes the messages that a consumer's queue got since the last call, in their order. */
    async received(consumer: string): Promise<Message[]> {
      return drainQueue(await queueUrlOf(`${name}-${consumer}`, sqs), sqs);
    },

    /** Takes the events that were published since the last call, in their order. */
    async published(): Promise<BusEvent[]> {
      const messages = await drainQueue(tapUrl, sqs);
      return messages.map(({ Body }) => JSON.parse(Body ?? "{}") as BusEvent);
    },
  };
}

/** A role for the services that this project has. @returns its ARN */
export async function createRole(RoleName: string, { client }: Emulator): Promise<string | undefined> {
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["states.amazonaws.com", "lambda.amazonaws.com"] },
        Action: "sts:AssumeRole",
      },
    ],
  });
  const { Role } = await new IAMClient(client).send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }),
  );
  return Role?.Arn;
}

async function fifoQueue(name: string, sqs: SQSClient): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `${name}.fifo`,
      Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" },
    }),
  );
  return QueueUrl;
}

async function queueUrlOf(name: string, sqs: SQSClient): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${name}.fifo` }));
  return QueueUrl;
}

/** A bus with a FIFO queue behind a rule that takes everything. @returns the queue's URL */
async function tappedBus(name: string, bridge: EventBridgeClient, sqs: SQSClient): Promise<string> {
  await bridge.send(new CreateEventBusCommand({ Name: name }));
  const QueueUrl = await fifoQueue(name, sqs);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await bridge.send(
    new PutRuleCommand({
      Name: "tap",
      EventBusName: name,
      EventPattern: JSON.stringify({ source: [{ prefix: "webhook." }] }),
    }),
  );
  await bridge.send(
    new PutTargetsCommand({
      Rule: "tap",
      EventBusName: name,
      Targets: [{ Id: "tap", Arn: Attributes?.["QueueArn"], SqsParameters: { MessageGroupId: "all" } }],
    }),
  );
  return QueueUrl;
}
