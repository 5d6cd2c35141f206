import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { toItem } from "../../functions/adapters/record-item";
import { aWebhook } from "../support/a-webhook";
import { breakBefore, startFaultProxy, type FaultProxy } from "../support/fault-proxy";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(120_000);

let proxy: FaultProxy;
let inbox: Inbox;
let lambda: LambdaClient;
beforeAll(async () => {
  proxy = await startFaultProxy();
  inbox = await startInbox({ functionsEndpoint: proxy.endpoint });
  proxy.forwardTo(inbox.stack.emulator);
  // 20 s and 2 minutes become 1 s and 6 s.
  proxy.shortenWaits(20);
  lambda = new LambdaClient(inbox.stack.emulator.client);
}, 120_000);
afterAll(async () => {
  await inbox?.close();
  await proxy?.close();
});
afterEach(() => proxy.decide(() => undefined));

const recoverFunction = () => inbox.stack.outputs.recovery_function_name;

/** Runs the recovery as its schedule would, without waiting for the minute. */
async function recover(): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: recoverFunction(), Payload: Buffer.from("{}") }),
  );
  if (FunctionError) throw new Error(Buffer.from(Payload ?? []).toString());
}

async function mappingState(): Promise<string | undefined> {
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: inbox.stack.outputs.processing_function_name }),
  );
  return (await lambda.send(new GetEventSourceMappingCommand({ UUID: mapping?.UUID }))).State;
}

const send = async (): Promise<string> => {
  const reply = await inbox.send("acme", { unique: randomUUID() }, { type: "thing.made" });
  expect(reply.status).toBe(202);
  return String(reply.json["id"]);
};

test("an outage that lasts pauses the processing; it goes on by itself, in order, and dead-letters nothing", async () => {
  proxy.decide(({ action }) => (action.endsWith("StartSyncExecution") ? breakBefore : undefined));
  const ids = [await send(), await send(), await send()];
  await until("the pause", async () => (await mappingState()) === "Disabled", 60_000);

  await recover();
  expect(await mappingState()).toBe("Disabled");
  expect(await inbox.events.of(ids[0] ?? "")).toEqual([]);

  proxy.decide(() => undefined);
  await recover();
  await until("the processing to go on", async () => (await mappingState()) === "Enabled");
  const later = await send();
  await inbox.events.next(later, 60_000);

  const all = (await inbox.events.all()).map(({ detail }) => detail);
  expect(all.map(({ id }) => id).filter((id) => [...ids, later].includes(id))).toEqual([...ids, later]);
  expect(all.filter(({ type }) => type === "inbox.resumed")).toHaveLength(1);
  expect(await inbox.deadLetters()).toEqual([]);
});

describe("a message that SQS itself moved to the dead-letter queue", () => {
  /** As SQS does it: the same body and attributes, none of the processor's. */
  async function deadLetter(id: string, { redriven = false } = {}): Promise<void> {
    await new SQSClient(inbox.stack.emulator.client).send(
      new SendMessageCommand({
        QueueUrl: inbox.stack.outputs.dlq_url,
        MessageBody: JSON.stringify(aWebhook(id)),
        MessageGroupId: "acme",
        MessageDeduplicationId: randomUUID(),
        ...(redriven && {
          MessageAttributes: { RedrivenBy: { DataType: "String", StringValue: "recovery" } },
        }),
      }),
    );
  }

  /** As ingestion leaves it: queued, and never processed. */
  async function record(id: string): Promise<void> {
    await new DynamoDBClient(inbox.stack.emulator.client).send(
      new PutItemCommand({
        TableName: inbox.stack.outputs.dynamodb_table_name,
        Item: toItem({
          pk: `acme#${id}`,
          status: "received",
          provider: "acme",
          eventId: id,
          replay: 0,
          expiresAt: Math.floor(Date.now() / 1_000) + 86_400,
        }),
      }),
    );
  }

  test("is redriven once by the recovery, which notes it; moved again, it stays there, dead_lettered", async () => {
    const [first, second] = [`evt_${randomUUID()}`, `evt_${randomUUID()}`];
    await record(first);
    await deadLetter(first);
    await deadLetter(second, { redriven: true });
    await recover();
    await inbox.events.next(first);
    await until("the record", async () => (await inbox.record("acme", first))?.["status"] === "published");
    expect(await inbox.record("acme", first)).toMatchObject({
      redrivenDeadLetter: expect.any(String) as string,
    });
    expect(await inbox.record("acme", second)).toMatchObject({ status: "dead_lettered" });
    await until("the other to be visible again", async () => (await inbox.deadLetters()).length === 1);
  });

  test("is taken out of it where its webhook was published", async () => {
    const id = await send();
    await inbox.events.next(id);
    await deadLetter(id);
    // Another number of dead letters than before, so that they are looked through.
    await deadLetter(`evt_${randomUUID()}`, { redriven: true });
    await recover();
    expect(await inbox.record("acme", id)).toMatchObject({ status: "published" });
    expect(await inbox.deadLetterCount()).toBe(1);
  });
});
