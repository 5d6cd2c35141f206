import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { randomUUID } from "node:crypto";
import { CreateTableCommand, GetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import Stripe from "stripe";
import { Webhook } from "standardwebhooks";
import { createReceiver } from "../../examples/http-service/service";
import { fromValues, toValues } from "../../functions/adapters/record-item";
import { commandLine } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

/* Handlers as their users have them, behind an inbox: each with its provider's library and a secret of its own. */

jest.setTimeout(120_000);

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A server on this machine that keeps what it gets. @param answer status of the answer to each */
async function aServer(answer: (received: Received, before: number) => number | Promise<number>) {
  const received: Received[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const one = { headers: request.headers, body: await buffer(request) };
    const before = received.push(one) - 1;
    response.writeHead(await answer(one, before)).end("said");
  };
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { received, url: `http://127.0.0.1:${port}/hooks`, close: () => server.close() };
}

let inbox: Inbox;
let shop: Awaited<ReturnType<typeof aServer>>;
let crm: Awaited<ReturnType<typeof aServer>>;
let gone: Awaited<ReturnType<typeof aServer>>;
let isGone = true;
let cli: ReturnType<typeof commandLine>;
const secretOf = (name: string) => inbox.stack.consumerSecrets[name] ?? "";
const stripe = new Stripe("sk_test_unused");

/** The table of the service of examples/http-service, and the service itself. */
const TABLE = "shop-billing";
let receive: ReturnType<typeof createReceiver>;

beforeAll(async () => {
  jest.spyOn(console, "log").mockReturnValue();
  shop = await aServer(({ headers, body }) => receive(headers, body));
  crm = await aServer(({ body }, before) =>
    body.includes("poison") ? 422 : body.includes("flaky") && before === 0 ? 503 : 204,
  );
  gone = await aServer(({ body }) => (body.includes("stuck") ? 500 : isGone ? 410 : 204));
  const consumer = (name: string, url: string, when: string, more = {}) => ({
    ...{ name, when },
    http: { url, secret: { ssm: `/webhook-inbox/local/consumer-${name}` }, ...more },
  });
  inbox = await startInbox({
    config: {
      providers: [
        { name: "stripe", scheme: "stripe", secret: { ssm: "/webhook-inbox/local/stripe" } },
        {
          name: "acme",
          scheme: "hmac-sha256",
          secret: { ssm: "/webhook-inbox/local/acme" },
          orderingKey: "account",
        },
      ],
      consumers: [
        consumer("shop", shop.url, "provider = 'stripe'", { as: "original", rate: 50 }),
        consumer("crm", crm.url, "provider = 'acme' and $not($exists(data.bye))", { maxAttempts: 2 }),
        consumer("gone", gone.url, "provider = 'acme' and $exists(data.bye)", {
          ...{ onFailure: "block", maxAttempts: 1 },
        }),
      ],
    },
  });
  cli = commandLine(inbox);
  const client = new DynamoDBClient(inbox.stack.emulator.client);
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    }),
  );
  receive = createReceiver({ secret: secretOf("shop"), table: TABLE, client });
}, 300_000);
afterAll(async () => {
  for (const server of [shop, crm, gone]) server?.close();
  cli?.close();
  await inbox?.close();
});

const idOf = async (provider: string, payload: object) => {
  const { status, json } = await inbox.send(provider, payload);
  expect(status).toBe(202);
  return String(json["id"]);
};
const queueOf = (consumer: string) =>
  (
    inbox.stack.outputs as unknown as {
      consumer_queues: Record<string, { dlq_url: string; queue_arn: string }>;
    }
  ).consumer_queues[consumer];
const itemOf = async (TableName: string, pk: string) => {
  const client = new DynamoDBClient(inbox.stack.emulator.client);
  const query = { TableName, Key: toValues({ pk }), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(query));
  return Item && fromValues(Item);
};
const deliveryOf = async (consumer: string, provider: string, id: string) => {
  const pk = `_delivery#${consumer}#${provider}#${await inbox.keyOf(provider, id)}#0`;
  return itemOf(inbox.stack.outputs.dynamodb_table_name, pk);
};

test("a handler with Stripe's library gets Stripe's own request, signed with the handler's own secret", async () => {
  const payload = { id: `evt_${randomUUID()}`, object: "event", type: "invoice.paid", big: 1 };
  const text = JSON.stringify(payload).replace('"big":1', '"big":12345678901234567890');
  const id = await idOf("stripe", Buffer.from(text) as unknown as object);
  const delivery = await until("the delivery", async () => deliveryOf("shop", "stripe", id), 40_000);
  expect(delivery).toMatchObject({ status: "delivered", statusCode: 200, attempts: 1 });
  const [request] = shop.received;
  // The bytes as they came: no number is rounded.
  expect(request?.body.toString()).toBe(text);
  const forgery = () =>
    stripe.webhooks.constructEvent(
      request?.body ?? "",
      String(request?.headers["stripe-signature"]),
      inbox.stack.providers["stripe"]?.secret ?? "",
    );
  expect(forgery).toThrow(/signature/);
});

test("the example's service has an event's effect once, however often it is called, and none for another's signature", async () => {
  const object = { id: "pi_1", object: "payment_intent", amount: 500 };
  const payment = {
    id: `evt_${randomUUID()}`,
    object: "event",
    type: "payment_intent.succeeded",
    data: { object },
  };
  const id = await idOf("stripe", payment);
  await until("the delivery", async () => deliveryOf("shop", "stripe", id), 40_000);
  expect(await itemOf(TABLE, "balance")).toMatchObject({ amount: 500 });
  const request = shop.received.find(({ body }) => body.includes(id));
  if (!request) throw new Error("the service was not called");
  // As after a crash between its answer and the end of the delivery.
  expect(await receive(request.headers, request.body)).toBe(200);
  expect(await receive(request.headers, Buffer.from(`${request.body.toString()} `))).toBe(400);
  expect(await itemOf(TABLE, "balance")).toMatchObject({ amount: 500 });
});

test("a CloudEvent is signed as Standard Webhooks says, in the order of its group, again after a failure", async () => {
  const account = randomUUID();
  await idOf("acme", { account, n: 1, flaky: true });
  await idOf("acme", { account, n: 2 });
  await until("both", async () => crm.received.length >= 3, 60_000);
  const events = crm.received.map(({ headers, body }) => {
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return new Webhook(secretOf("crm")).verify(body.toString(), signed) as { data: { n: number } };
  });
  expect(crm.received[0]?.headers["content-type"]).toMatch("application/cloudevents+json");
  expect(events.map(({ data }) => data.n)).toEqual([1, 1, 2]);
  const [first, again] = crm.received.map(({ headers }) => headers["webhook-id"]);
  expect(again).toBe(first);
});

test("what is never taken is dead-lettered alone, with the answer", async () => {
  const account = randomUUID();
  const poison = await idOf("acme", { account, poison: true });
  const behind = await idOf("acme", { account, n: 3 });
  await until(
    "the one behind",
    async () => (await deliveryOf("crm", "acme", behind))?.["status"] === "delivered",
    60_000,
  );
  expect(await deliveryOf("crm", "acme", poison)).toMatchObject({
    ...{ status: "dead_lettered", attempts: 2, statusCode: 422, answer: "said" },
  });
  const queue = queueOf("crm");
  const { Attributes } = await new SQSClient(inbox.stack.emulator.client).send(
    new GetQueueAttributesCommand({
      QueueUrl: queue?.dlq_url,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: "1" });
});

const idsAt = (server: typeof gone) =>
  server.received.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);

test("a consumer that is gone is paused and says so; resumed, it gets at once what waited", async () => {
  const id = await idOf("acme", { account: "bye", bye: true });
  const show = async () => (await cli.run("consumers", "show", "gone")).stdout;
  await until("the pause", async () => /State +Disabled: it answered 410 Gone/.test(await show()), 60_000);
  const shown = await show();
  expect(shown).toMatch(new RegExp(`acme +${id.slice(0, 16)}\\S* +1 +status 410 +in \\d+`));
  expect(shown).toContain("webhooks consumers resume gone");
  expect(idsAt(gone)).toEqual([id]);

  isGone = false;
  // By itself it would be seen again two minutes after the answer.
  expect((await cli.run("consumers", "resume", "gone", "--json")).json).toMatchObject({ triedAtOnce: 1 });
  await until("the second call", async () => gone.received.length > 1, 40_000);
  await until("its end", async () => (await deliveryOf("gone", "acme", id))?.["status"] === "delivered");
  expect(idsAt(gone)).toEqual([id, id]);
  await until("the log", async () => /Last delivery .*status 204/.test(await show()));
  expect(await show()).toMatch(/State +Enabled\n[^]*Last error .*status 410/);
});

test("one that blocks its group is given up, with a reason, and those behind it go on", async () => {
  const stuck = await idOf("acme", { account: "bye", bye: true, stuck: true });
  const behind = await idOf("acme", { account: "bye", bye: true, n: 2 });
  await until(
    "the failure",
    async () => (await deliveryOf("gone", "acme", stuck))?.["status"] === "failed",
    40_000,
  );
  expect(idsAt(gone)).not.toContain(behind);
  const why = ["--consumer", "gone", "--reason", "sold twice"];
  expect((await cli.run("dlq", "discard", stuck, ...why)).stderr).toContain(
    "waits for another attempt at gone",
  );
  expect(await cli.run("dlq", "discard", stuck, ...why, "--yes", "--json")).toMatchObject({
    code: 0,
    json: { discarded: `acme ${await inbox.keyOf("acme", stuck)}` },
  });
  await until("the one behind", async () => idsAt(gone).includes(behind), 40_000);
  expect((await deliveryOf("gone", "acme", stuck))?.["status"]).toBe("discarded");
  const { json } = await cli.run("show", stuck, "--json");
  expect(json["operations"]).toMatchObject([{ kind: "discard", consumer: "gone", reason: "sold twice" }]);
});
