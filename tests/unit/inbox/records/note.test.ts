import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { inboxAt } from "../../../../inbox/connect";
import { DeadLetterQueue } from "../../../../inbox/dead-letters";
import { redrivePorts } from "../../../../inbox/operations/redrive";
import { releaseRunPorts } from "../../../../inbox/operations/release";
import { replayPorts } from "../../../../inbox/operations/replay";
import type { Outputs } from "../../../../inbox/outputs";
import { fromItem } from "../../../../functions/adapters/record-item";
import { toRecord } from "../../../../inbox/records/record";
import { aWebhook } from "../../../support/a-webhook";

const inbox = inboxAt(
  {
    dynamodb_table_name: "webhooks",
    dlq_url: "https://dlq.fifo",
    providers: [] as Outputs["providers"],
  } as Outputs,
  { region: "us-east-1" },
);
const dynamodb = mockClient(DynamoDBClient);
const WEBHOOK = aWebhook("evt_1", { provider: "stripe", type: "invoice.paid" });
const AT = "2026-01-02T03:04:05.000Z";

beforeEach(() => {
  dynamodb.reset();
  dynamodb.on(GetItemCommand).resolves({});
  dynamodb.on(UpdateItemCommand).resolves({});
});

/** The operations of a record after the update that was sent last. */
function noted() {
  const { Key, ExpressionAttributeValues, UpdateExpression } =
    dynamodb.commandCalls(UpdateItemCommand).at(-1)?.args[0].input ?? {};
  expect(UpdateExpression).toContain(
    "#operations = list_append(if_not_exists(#operations, :none), :operations)",
  );
  const operations = ExpressionAttributeValues?.[":operations"] as AttributeValue;
  return toRecord(fromItem({ ...Key, operations }));
}

describe("whatever starts it, the record notes", () => {
  test("a redrive", async () => {
    const queue = new DeadLetterQueue(inbox);
    await redrivePorts(inbox, queue).note(WEBHOOK, AT);
    await queue.close();
    expect(noted()).toMatchObject({ id: "evt_1", operations: [{ kind: "redrive", at: AT }] });
  });

  test("a release", async () => {
    await releaseRunPorts(inbox).note({ ...WEBHOOK, key: "evt_1~abc" }, AT);
    expect(noted()).toMatchObject({ key: "evt_1~abc", operations: [{ kind: "release", at: AT }] });
  });

  test("a replay, with the number that it claims", async () => {
    const stored = { ...WEBHOOK, group: "stripe", receivedAt: AT };
    await replayPorts(inbox).records.claim(stored, "run");
    expect(noted().operations).toEqual([{ kind: "replay", at: expect.any(String) as string, replay: 1 }]);
  });
});

test("an operation on a webhook whose record TTL removed is noted nowhere", async () => {
  dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "", $metadata: {} }));
  await expect(releaseRunPorts(inbox).note(WEBHOOK, AT)).resolves.toBeUndefined();
});
