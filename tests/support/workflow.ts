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

/** Programs that repeat every execution here, to compare the results. A test can add others. */
export const witnesses: {
  /** Engines of JSONata whose results must equal the emulator's. */
  readonly engines: Engine[];
  /** Clients of DynamoDBs whose tables must have the same content as the emulator's. */
  readonly tables: DynamoDBClient[];
  /** Called with the tasks of each execution, in their order. */
  readonly onTasks: ((tasks: readonly RanTask[]) => Promise<void>)[];
} = { engines: [jsonata206], tables: [], onTasks: [] };

/** Returns a webhook as the processor passes it to the workflow. */
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

/** Creates only the workflow, with its own table, bus and consumers' queues in the emulator. */
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

  /** Compares an execution with the other engines. @throws if a result differs from the emulator's */
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
    /** Name of the table and the bus. */
    name,
    stateMachineArn: stateMachineArn ?? "",
    definition: JSON.parse(definition) as { States: Record<string, unknown> },
    /** Names of the outer states that the executions so far entered. */
    entered,

    run: (...webhooks: readonly WorkflowItem[]) =>
      execute(stateMachineArn, definition, { webhooks: webhooks.map(toInput) }),

    /**
     * Runs the workflow from publishing on, with the given answer of EventBridge and the variables that the states
     * before it would have set: the emulator's EventBridge never rejects an event.
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

    /** Runs a single state, with the variables that the states before it would have set. */
    async runState(state: string, variables: Readonly<Record<string, unknown>>, input: unknown = {}) {
      entered.add(state);
      return sfn.send(
        new TestStateCommand({
          definition,
          stateName: state,
          roleArn,
          input: JSON.stringify(input),
          variables: JSON.stringify(variables),
          // Pass the variables in the context, where the emulator reads them.
          context: JSON.stringify({ variables }),
        }),
      );
    },

    async put(pk: string, fields: Partial<StoredRecord>): Promise<void> {
      const command = () => new PutItemCommand({ TableName: name, Item: toItem({ pk, ...fields }) });
      for (const table of tables) await table.send(command());
    },

    /** Returns the record, or the item of a group, with this key. */
    async record(pk: string): Promise<Partial<StoredRecord & StoredGroup> | undefined> {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: name, Key: toItem({ pk }), ConsistentRead: true }),
      );
      return Item && fromItem(Item);
    },

    /** Creates a consumer's queue again after its deletion. */
    createQueue: (consumer: string) => fifoQueue(`${name}-${consumer}`, sqs),

    /** Returns the URL of a consumer's queue. */
    queueUrl: (consumer: string) => queueUrlOf(`${name}-${consumer}`, sqs),

    /** Receives the messages that a consumer's queue got since the last call, in their order. */
    async received(consumer: string): Promise<Message[]> {
      return drainQueue(await queueUrlOf(`${name}-${consumer}`, sqs), sqs);
    },

    /** Receives the events that were published since the last call, in their order. */
    async published(): Promise<BusEvent[]> {
      const messages = await drainQueue(tapUrl, sqs);
      return messages.map(({ Body }) => JSON.parse(Body ?? "{}") as BusEvent);
    },
  };
}

/** Creates a role for the services that this project uses. @returns its ARN */
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

/** Creates a bus with a FIFO queue behind a rule that matches everything. @returns the queue's URL */
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
