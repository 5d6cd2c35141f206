import type { Context } from "aws-lambda";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { DOUBLE } from "../../../../functions/adapters/reconcile/call";
import { toValues } from "../../../../functions/adapters/record-item";
import { formatRejected, type RejectedRequest } from "../../../../functions/domain/rejected";
import { Double } from "../../../support/reconcile/double";
import { GitHubDouble } from "../../../support/reconcile/github";
import { StripeDouble } from "../../../support/reconcile/stripe";
import { runProgram } from "../../../support/program";

jest.setTimeout(120_000);

/* Runs the function's own handler against a server that takes down which actions of AWS it calls. */

const HOUR = 3_600_000;
const now = Date.now();
const called = new Set<string>();

const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: "dynamodb",
  AmazonSQS: "sqs",
  AmazonSSM: "ssm",
};

function actionOf({ method, url = "", headers }: IncomingMessage): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const [service = "", operation] = target.split(".");
    return `${SERVICES[service]}:${operation}`;
  }
  if (method === "PUT") return "s3:PutObject";
  if (method === "DELETE") return "s3:DeleteObject";
  return url.includes("list-type=2") ? "s3:ListBucket" : "s3:GetObject";
}

const rejected: RejectedRequest = {
  id: "stripe/20260101T000000000Z-aaaaaaaa",
  provider: "stripe",
  scheme: "stripe",
  receivedAt: new Date(now).toISOString(),
  reason: "signature_mismatch",
  detail: "",
  diagnosis: { cause: "unknown", says: "" } as unknown as RejectedRequest["diagnosis"],
  requestId: "r",
  request: { method: "POST", headers: {}, body: Buffer.from('{"id":"evt_rejected"}') },
};
const time = new Date(now).toISOString();
const rejectedKey = `rejected/stripe/${time.slice(0, 10)}/${time.replace(/[-:.]/g, "")}-aaaaaaaa`;

const ANSWERS: Readonly<Record<string, (body: string) => string>> = {
  "dynamodb:UpdateItem": () =>
    JSON.stringify({ Attributes: toValues({ cursor: new Date(now - 2 * HOUR).toISOString() }) }),
  "dynamodb:BatchGetItem": () => JSON.stringify({ Responses: {} }),
  "dynamodb:Query": () => JSON.stringify({ Items: [] }),
  "sqs:SendMessage": (body) => {
    const { MessageBody } = JSON.parse(body) as { MessageBody: string };
    return JSON.stringify({ MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") });
  },
  "ssm:GetParameters": (body) => {
    const { Names } = JSON.parse(body) as { Names: string[] };
    return JSON.stringify({ Parameters: Names.map((Name) => ({ Name, Value: "rk_test_0123456789abcdef" })) });
  },
  "s3:ListBucket": () =>
    `<ListBucketResult><Contents><Key>${rejectedKey}</Key></Contents><IsTruncated>false</IsTruncated></ListBucketResult>`,
  "s3:GetObject": () => formatRejected(rejected),
  "s3:PutObject": () => "",
};

const aws = createServer((request: IncomingMessage, response: ServerResponse) => {
  void text(request).then((body) => {
    const action = actionOf(request);
    called.add(action);
    if (action === "dynamodb:UpdateItem" && body.includes("stripe#evt_erased")) {
      const Item = toValues({ pk: "stripe#evt_erased", status: "erased", expiresAt: now });
      const __type = "ConditionalCheckFailedException";
      response.writeHead(400).end(JSON.stringify({ __type, Item }));
      return;
    }
    response.writeHead(200).end(ANSWERS[action]?.(body) ?? "");
  });
});
const stripe = new StripeDouble(() => now);
const github = new GitHubDouble(() => now);
const double = new Double([stripe.api, github.api]);
const written: string[] = [];

const PROVIDERS = [
  {
    name: "stripe",
    scheme: "stripe",
    secret: { ssm: "/s" },
    reconcile: { apiKey: { ssm: "/k" }, endpoint: "we_1" },
  },
  {
    name: "github",
    scheme: "github",
    secret: { ssm: "/s" },
    reconcile: { apiKey: { ssm: "/k" }, repository: "acme/app", hook: 7, every: "1h" },
  },
];

/** The functions' rights to write their logs and traces are those of every function. */
const OF_EVERY_FUNCTION = /^(?:logs|xray):/;

async function allowedTo(providers: readonly object[]): Promise<string[]> {
  const program = await runProgram({ providers });
  const { policy } = program.one("aws:iam/rolePolicy:RolePolicy", "inbox-reconcile-policy").inputs as {
    policy: string;
  };
  const { Statement } = JSON.parse(policy) as { Statement: { Action: string | string[] }[] };
  return [...new Set(Statement.flatMap(({ Action }) => Action))]
    .filter((action) => !OF_EVERY_FUNCTION.test(action))
    .sort();
}

beforeAll(async () => {
  await double.start();
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    [DOUBLE]: double.url,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" },
    ...{ TABLE_NAME: "t", BUCKET_NAME: "b", QUEUE_URL: "http://queue/q.fifo" },
    ...{ RECORD_RETENTION_DAYS: "90", QUARANTINE: "true" },
  });
  stripe.events.push({ id: "evt_1", type: "invoice.paid", created: Math.floor((now - HOUR) / 1_000) });
  stripe.events.push({ id: "evt_erased", type: "a", created: Math.floor((now - HOUR) / 1_000) });
  github.add({ guid: "0b989ba4-242f-11e5-81e1-c7b6966d2516", at: now - HOUR });
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    written.push(String(line));
    return true;
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  aws.closeAllConnections();
  aws.close();
  await double.stop();
});

test("the reconciliation's role allows what its code calls, and nothing else", async () => {
  const configured = PROVIDERS.map(({ name, scheme, reconcile: { apiKey, every, ...fields } }) => ({
    ...{ name, scheme, apiKey, everyMs: every === undefined ? HOUR / 4 : HOUR, settleMs: HOUR / 4 },
    settings: { api: name, ...fields },
  }));
  Object.assign(globalThis, { PROVIDERS: configured });
  const { handler } = await import("../../../../functions/reconcile/index");
  const context = { getRemainingTimeInMillis: () => 240_000 } as Context;
  for (const { name } of PROVIDERS) await handler({ provider: name }, context, () => undefined);
  const lines = written.map((line) => JSON.parse(line) as { event: string });
  expect(lines.filter(({ event }) => event === "reconcile.event")).toMatchObject([
    { id: "evt_erased", fate: "requeued" },
    { id: "evt_1", fate: "recovered" },
    { id: "0b989ba4-242f-11e5-81e1-c7b6966d2516", fate: "requested" },
  ]);
  expect([...called].sort()).toEqual(await allowedTo(PROVIDERS));
});

test("each provider has a schedule, which hands the function its name; without one there is no function", async () => {
  const program = await runProgram({ providers: PROVIDERS });
  const rules = program
    .all("aws:cloudwatch/eventRule:EventRule")
    .map(({ inputs }) => inputs["scheduleExpression"] as string);
  expect(rules).toEqual(expect.arrayContaining(["rate(15 minutes)", "rate(60 minutes)"]));
  const inputs = program
    .all("aws:cloudwatch/eventTarget:EventTarget")
    .map((target) => target.inputs["input"] as string);
  expect(inputs).toEqual(expect.arrayContaining(['{"provider":"stripe"}', '{"provider":"github"}']));
  expect(program.outputs["alarm_names"]).toEqual(
    expect.arrayContaining(["webhook-inbox-unrecoverable-dev", "webhook-inbox-reconcile-failed-dev"]),
  );
  const without = await runProgram({
    providers: PROVIDERS.map(({ name, scheme, secret }) => ({ name, scheme, secret })),
  });
  expect(without.all("aws:lambda/function:Function").map(({ name }) => name)).not.toContain(
    "inbox-reconcile",
  );
});

test("a provider that is only looked at needs no right on payloads, records and the queue", async () => {
  const shopify = { name: "shopify", scheme: "shopify", secret: { ssm: "/s" } };
  const reconcile = { apiKey: { ssm: "/k" }, shop: "acme.myshopify.com" };
  expect(await allowedTo([{ ...shopify, reconcile }])).toEqual(["dynamodb:UpdateItem", "ssm:GetParameters"]);
});
