import jsonata from "jsonata";
import { recentPartition, shardOf, unresolvedPartition } from "../../../functions/adapters/indexes";
import { renderWorkflow } from "../../../statemachines/render";

interface Update {
  readonly Update: {
    readonly UpdateExpression: string;
    readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S?: string }>>;
  };
}

/** What the workflow writes for one webhook with this outcome. */
async function updateFor(outcome: Record<string, unknown>): Promise<Update["Update"]> {
  const definition = JSON.parse(
    renderWorkflow({ tableName: "t", busName: "b", bucketName: "k", recordRetentionDays: 1, providers: [] }),
  ) as { States: { RecordStatuses: { Arguments: { TransactItems: string } } } };
  const expression = definition.States.RecordStatuses.Arguments.TransactItems.replace(/^\{%|%\}$/g, "");
  const key = "acme#evt_1";
  const webhook = {
    key,
    shard: shardOf(key),
    provider: "acme",
    id: "evt_1",
    type: "a.b",
    receivedAt: "2026-01-02T23:59:59.999Z",
    s3Key: "raw/acme/evt_1/x",
    size: 2,
    contentType: "application/json",
    replay: 0,
  };
  const [item] = (await jsonata(expression).evaluate(
    {},
    { webhooks: [webhook], outcomes: [outcome], states: { context: { Execution: { Id: "arn:execution" } } } },
  )) as [Update];
  return item.Update;
}

test("the workflow puts a record that it makes itself where the ingestion function would put it", async () => {
  const { UpdateExpression, ExpressionAttributeValues } = await updateFor({ status: "published" });
  expect(UpdateExpression).toContain("recent = if_not_exists(recent, :recent)");
  expect(ExpressionAttributeValues[":recent"]?.S).toBe(
    recentPartition("2026-01-02T23:59:59.999Z", shardOf("acme#evt_1")),
  );
});

test("a failure enters the index of unresolved webhooks where the processing function would put it", async () => {
  const { UpdateExpression, ExpressionAttributeValues } = await updateFor({
    status: "failed",
    error: { code: "E", message: "no" },
  });
  expect(UpdateExpression).toContain("unresolved = :unresolved");
  expect(ExpressionAttributeValues[":unresolved"]?.S).toBe(
    unresolvedPartition("failed", shardOf("acme#evt_1")),
  );
});

test.each(["published", "filtered"])("what is %s leaves it", async (status) => {
  const { UpdateExpression, ExpressionAttributeValues } = await updateFor({ status });
  expect(UpdateExpression).toMatch(/REMOVE .*\bunresolved\b/);
  expect(ExpressionAttributeValues[":unresolved"]).toBeUndefined();
});
