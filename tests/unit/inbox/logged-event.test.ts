import fc from "fast-check";
import jsonata from "jsonata";
import { eventLogTransformer } from "../../../components/event-log";
import { eventId, eventType } from "../../../functions/domain/webhook";
import { readLoggedEvent } from "../../../inbox/logged-event";
import { asLogEvent } from "../../../local/gaps/event-log-delivery";
import { renderWorkflow } from "../../../statemachines/render";

const EXECUTION = "arn:aws:states:us-east-1:123456789012:express:webhook-inbox-workflow-dev:a-b:c-d";

/** The workflow's expression that makes an event of a webhook. */
const enrich = enrichingExpression();
function enrichingExpression(): jsonata.Expression {
  const names = { tableName: "t", busName: "b", bucketName: "raw" };
  const definition = renderWorkflow({ ...names, recordRetentionDays: 90, providers: [] });
  const [, source = ""] = /"\{% ((?:(?!%\}").)*\$enrich\(\$states\.input\)\)) %\}"/.exec(definition) ?? [];
  return jsonata(JSON.parse(`"${source}"`) as string);
}

/** The event of a webhook, as the workflow publishes it. */
async function eventOf(webhook: Record<string, unknown>) {
  const input = {
    ...{ provider: "acme", id: "evt_1", key: "evt_1", type: "thing.made", contentType: "application/json" },
    ...{ s3Key: "raw/acme/evt_1/0a", replay: 0, receivedAt: "2026-01-02T03:04:06.120Z", sequence: "188" },
    ...webhook,
  };
  const states = { input, context: { Execution: { Id: EXECUTION } } };
  const { entry } = (await enrich.evaluate({}, { states, records: {} })) as {
    entry: { Source: string; DetailType: string; Resources: string[]; Detail: string };
  };
  return {
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": entry.DetailType,
    source: entry.Source,
    account: "123456789012",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: [...entry.Resources],
    detail: JSON.parse(entry.Detail) as Record<string, unknown>,
  };
}

/** What the events' log holds of it where payloads stay out, and what is read of that. */
function logged(event: Awaited<ReturnType<typeof eventOf>>) {
  const { inputPaths: InputPathsMap, inputTemplate: InputTemplate } = eventLogTransformer();
  const { message, timestamp } = asLogEvent(JSON.stringify(event), 0, { InputPathsMap, InputTemplate });
  expect(timestamp).toBe(Date.parse(event.time));
  return { message, event: readLoggedEvent(JSON.parse(message) as Record<string, unknown>) };
}

const LEFT_OUT = ["data", "data_base64", "datacontenttype"];
const withoutPayload = ({ detail, ...event }: Awaited<ReturnType<typeof eventOf>>) => ({
  ...event,
  detail: Object.fromEntries(Object.entries(detail).filter(([name]) => !LEFT_OUT.includes(name))),
});

test("the events' log holds the event but for its payload", async () => {
  const event = await eventOf({ data: '{"name":"Ada"}' });
  expect(event.detail["data"]).toEqual({ name: "Ada" });
  const { message, event: read } = logged(event);
  expect(message).not.toContain("Ada");
  expect(read).toEqual(withoutPayload(event));
});

test("what an event has only sometimes is in the log if it has it", async () => {
  const more = { outOfOrder: true, receivedVia: "reconciliation", replay: 2 };
  const event = await eventOf({ time: "2026-01-02T03:04:05.000Z", ...more });
  expect(event.detail).toMatchObject({
    ...{ dataref: "s3://raw/raw/acme/evt_1/0a", outoforder: true, receivedvia: "reconciliation" },
  });
  expect(logged(event).event).toEqual(withoutPayload(event));
});

test("a content type with quotes, of a payload that is no JSON, stays out with the payload", async () => {
  const event = await eventOf({ dataBase64: "AA==", contentType: 'multipart/form-data; boundary="a b"' });
  expect(logged(event).event).toEqual(withoutPayload(event));
});

test("an event with data in the log is read as it is", async () => {
  const event = await eventOf({ data: '{"name":"Ada"}' });
  expect(readLoggedEvent(event)).toBe(event);
});

test.each([
  'a "quoted" type',
  '","detail":{"id":"another',
  "App\\Events\\OrderPaid",
  "100%25 and %22",
  "two\nlines\r\tand a tab",
  "<id> <detail_id>",
  "\ufffe\u0000\ud800",
  "größer 😀",
])("the type %j is read back, whatever it holds", async (hostile) => {
  const type = eventType(hostile);
  const event = await eventOf({ type, data: "{}" });
  expect(event["detail-type"]).toBe(type);
  expect(logged(event).event).toEqual(withoutPayload(event));
});

test("no type and no id that a provider can make spoils the line of the log", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.string({ minLength: 1 }), async (type, id) => {
      const event = await eventOf({ type: eventType(type), id: eventId(id), data: "{}" });
      expect(logged(event).event).toEqual(withoutPayload(event));
    }),
    { numRuns: 200 },
  );
});
