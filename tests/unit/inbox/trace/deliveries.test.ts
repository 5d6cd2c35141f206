import { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { toItem } from "../../../../functions/adapters/record-item";
import { deliveryKey } from "../../../../functions/domain/consumer-message";
import type { StoredRecord } from "../../../../functions/domain/record";
import { inboxAt } from "../../../../inbox/connect";
import type { Outputs } from "../../../../inbox/outputs";
import type { WebhookRecord } from "../../../../inbox/records/record";
import { readDeliveries } from "../../../../inbox/trace/deliveries";

test("a delivery is shown without its attempts if the log of its consumer cannot be read, which is a gap", async () => {
  const TABLE = "webhooks";
  const outputs = {
    dynamodb_table_name: TABLE,
    consumer_queues: { crm: { kind: "http", mapping_uuid: "1" } },
  } as unknown as Outputs;
  const delivery = { consumer: "crm", status: "failed", attempts: 2, at: "2026-01-01T00:00:00.000Z" };
  const item = { pk: deliveryKey("crm", "acme#b", 0), ...delivery } as Partial<StoredRecord>;
  mockClient(DynamoDBClient)
    .on(BatchGetItemCommand)
    .resolves({ Responses: { [TABLE]: [toItem(item)] } });
  mockClient(LambdaClient).on(GetEventSourceMappingCommand).rejects(new Error("busy"));
  const webhook = { provider: "acme", key: "b", replay: 0, operations: [] } as unknown as WebhookRecord;

  const gaps: string[] = [];
  const deliveries = await readDeliveries(inboxAt(outputs, { region: "us-east-1" }), webhook, {
    processed: [],
    orGap: (what, otherwise, read) => read.catch(() => (gaps.push(what), otherwise)),
  });
  expect(deliveries).toMatchObject([{ ...delivery, replay: 0, log: [] }]);
  expect(gaps).toEqual(["The log of crm"]);
});
