import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, type InvokeCommandOutput } from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomUUID } from "node:crypto";
import { writePause, type StoredPause } from "../../functions/adapters/pauses";
import { DOUBLE } from "../../functions/adapters/reconcile/call";
import { awsMetrics } from "../support/aws-metrics";
import { byHand } from "../support/by-hand";
import { commandLine } from "../support/cli";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy";
import { drainQueue, startInbox, type Inbox, type SendOptions } from "../support/inbox";
import { runbook, shown } from "../support/runbook";
import { Double } from "../support/reconcile/double";
import { GitHubDouble } from "../support/reconcile/github";
import { until } from "../support/until";

/*
 * Each alarm of docs/runbook.md is raised by its real cause on the local stack, named by `webhooks status`, explained by the first
 * command of its paragraph, and taken back by what the paragraph says.
 */

jest.setTimeout(120_000);

const BY_HMAC = (name: string) => ({
  ...{ name, scheme: "hmac-sha256", secret: { ssm: `/webhook-inbox/local/${name}` } },
});
const github = new GitHubDouble(Date.now);
let apiKeyIsValid = true;
const double = new Double([
  (request) => (apiKeyIsValid ? github.api(request) : { status: 401, json: { message: "Bad credentials" } }),
]);

let proxy: FaultProxy;
let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let measure: ReturnType<typeof awsMetrics>;
let cloudwatch: CloudWatchClient;
let sqs: SQSClient;
let lambda: LambdaClient;
let ssm: SSMClient;
let bridge: EventBridgeClient;
let hand: ReturnType<typeof byHand>;

/** Takes more than a second for a webhook of many lines; a second is the shortest time limit of an execution. */
const SLOW = "$reduce([1..data.lines], function($sum, $line) { $sum + $line })";

beforeAll(async () => {
  proxy = await startFaultProxy();
  await double.start();
  inbox = await startInbox({
    functionsEndpoint: proxy.endpoint,
    config: {
      providers: [
        {
          ...BY_HMAC("acme"),
          orderingKey: "account",
          transform: `data.customer = 'unknown' ? $error('no such customer') : data.lines ? ${SLOW} : data`,
        },
        BY_HMAC("rotated"),
        BY_HMAC("unstored"),
        BY_HMAC("held"),
        { ...BY_HMAC("narrow"), throttle: { burst: 1, rate: 1 } },
        { ...BY_HMAC("quiet"), expectEvery: "1h" },
        { ...BY_HMAC("elsewhere"), allowedSourceRanges: ["203.0.113.0/24"] },
        {
          ...{ name: "github", scheme: "github", secret: { ssm: "/webhook-inbox/local/github" } },
          reconcile: {
            ...{ apiKey: { ssm: "/webhook-inbox/local/api-key" }, settle: "1m" },
            ...{ repository: "acme/app", hook: 7 },
          },
        },
      ],
      consumers: [
        { name: "orders", when: "type = 'order.made'", queue: {} },
        { name: "crm", when: "type = 'customer.made'", queue: {} },
      ],
    },
  });
  proxy.forwardTo(inbox.stack.emulator);
  proxy.shortenWaits(120);
  const { client } = inbox.stack.emulator;
  cloudwatch = new CloudWatchClient(client);
  sqs = new SQSClient(client);
  lambda = new LambdaClient({ ...client, maxAttempts: 1 });
  ssm = new SSMClient(client);
  bridge = new EventBridgeClient(client);
  hand = byHand(inbox);
  measure = awsMetrics(inbox);
  cli = commandLine(inbox);
  await storeApiKey("ghp_of_nobody_0123456789");
  // What a function did not finish comes back after seconds: a clock that runs faster.
  const Attributes = { VisibilityTimeout: "4" };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: outputs().sqs_queue_url, Attributes }));
  // Before the first request: secrets are cached for five minutes.
  await ssm.send(new DeleteParameterCommand({ Name: "/webhook-inbox/local/unstored" }));
  await hand.configure(outputs().reconciliation_function_name, (Variables) => ({
    ...Variables,
    [DOUBLE]: double.url,
  }));
}, 120_000);
afterAll(async () => {
  cli?.close();
  await inbox?.close();
  await proxy?.close();
  await double.stop();
});

const outputs = () => inbox.stack.outputs;

const alarms = async () =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }))).MetricAlarms ?? [];

/** Paragraphs of the runbook whose alarm a test raises. */
const raisedByTests = new Set<string>();

interface Raising {
  /** Provider or consumer in the alarm's name. */
  readonly of?: string;
  /** What really goes wrong. */
  readonly provoke: () => Promise<unknown>;
  /** Counts again until the alarm is raised: what of a function's log is held back, the next invocation shows. */
  readonly count?: () => Promise<unknown>;
  /** First command of the paragraph, with what stands for its placeholders. */
  readonly first: readonly [command: string, ...values: string[]];
  /** What it shows of the cause. */
  readonly shows: RegExp;
  readonly fix: () => Promise<unknown>;
}

/** Raises an alarm, and takes it back as its paragraph says. */
function alarm(paragraph: string, raising: Raising): void {
  const { provoke, fix } = raising;
  const [command] = raising.first;
  raisedByTests.add(paragraph);
  test(paragraph, async () => {
    expect(runbook.get(paragraph)?.replace(/ +/g, " ")).toMatch(`First: \`${command}\``);
    try {
      await provoke();
      await explained(paragraph, raising);
    } finally {
      await fix();
    }
  });
}

/** Awaits the alarm, its name in `webhooks status`, and what the paragraph's first command shows. */
async function explained(paragraph: string, raising: Raising): Promise<void> {
  const { of = "", count, shows } = raising;
  const name = await until(`${paragraph} is raised`, async () => {
    await count?.();
    return (await alarms()).find(
      ({ AlarmName, AlarmDescription, StateValue }) =>
        StateValue === "ALARM" && AlarmDescription?.endsWith(`#${paragraph}`) && AlarmName?.includes(of),
    )?.AlarmName;
  });
  let status = "";
  let text = "";
  // What functions have counted and logged is there a moment later.
  await until("the cause", async () => {
    const { stdout, stderr } = await cli.run("status");
    status = stdout + stderr;
    const [command, ...values] = raising.first;
    text = command === "webhooks status" ? status : await shown(command, values, inbox, cli);
    return shows.test(text) && status.includes(`${name} `);
  }).catch(() => expect(text).toMatch(shows));
  expect(status).toContain(`${name} `);
}

const post = (provider: string, options: SendOptions = {}) =>
  inbox.send(provider, { unique: randomUUID() }, { type: "thing.made", ...options });
async function send(payload: object, provider = "acme", type = "thing.made"): Promise<string> {
  const reply = await inbox.send(provider, { unique: randomUUID(), ...payload }, { type });
  expect(reply.status).toBe(202);
  return String(reply.json["id"]);
}
/** Deploys a function with a table, or without one. */
const deploy = (functionName: string | undefined, TABLE_NAME: string) =>
  hand.configure(functionName, (before) => ({ ...before, TABLE_NAME }));
const published = (id: string) => inbox.events.next(id, 40_000);
/**
 * Awaits a webhook after an outage. Recovers meanwhile, as happens each minute: on a busy machine the probe after an
 * outage can fail too, which pauses the processing once more.
 */
const publishedByRecovery = (id: string, meanwhile?: () => Promise<unknown>) =>
  until(`the event ${id} on the bus`, async () => {
    await recover();
    await meanwhile?.();
    return (await inbox.events.of(id)).length > 0;
  });

async function invoke(FunctionName: string | undefined, payload: object = {}) {
  return lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }));
}
const recover = () => invoke(outputs().recovery_function_name);
const reconcile = () => invoke(outputs().reconciliation_function_name, { provider: "github" });

/** Awaits a run without an error: on a busy machine a call of the function can run out of time. */
const succeeds = (run: () => Promise<InvokeCommandOutput>) =>
  until("a run without an error", async () => (await run()).FunctionError === undefined);

const storeApiKey = (Value: string) =>
  ssm.send(
    new PutParameterCommand({
      ...{ Name: "/webhook-inbox/local/api-key", Type: "SecureString", Overwrite: true },
      Value,
    }),
  );

const HALF_AN_HOUR_AND_MORE = 1_900;
let undone: () => Promise<unknown>;
let ids: string[] = [];

describe("an alarm is raised by its cause, which the runbook's first command shows:", () => {
  const shop = { QueueName: "shop" };
  let shopUrl = "";
  const makeShop = async () => {
    ({ QueueUrl: shopUrl = "" } = await sqs.send(new CreateQueueCommand(shop)));
    const wanted = { QueueUrl: shopUrl, AttributeNames: ["QueueArn" as const] };
    return (await sqs.send(new GetQueueAttributesCommand(wanted))).Attributes?.["QueueArn"];
  };
  alarm("undelivered-events", {
    async provoke() {
      const EventBusName = outputs().eventbridge_bus_arn.split("/").at(-1);
      const Arn = await makeShop();
      const wanted = { QueueUrl: outputs().undelivered_queue_url, AttributeNames: ["QueueArn" as const] };
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand(wanted));
      const rule = { Name: "shop-orders", EventBusName };
      const EventPattern = JSON.stringify({ source: ["webhook.acme"] });
      await bridge.send(new PutRuleCommand({ ...rule, EventPattern }));
      const DeadLetterConfig = { Arn: Attributes?.["QueueArn"] };
      await bridge.send(
        new PutTargetsCommand({
          Rule: rule.Name,
          EventBusName,
          Targets: [{ Id: "shop", Arn, DeadLetterConfig }],
        }),
      );
      await sqs.send(new DeleteQueueCommand({ QueueUrl: shopUrl }));
      ids = [await send({}), await send({})];
      for (const id of ids) await published(id);
    },
    count: () => measure.queue(outputs().undelivered_queue_url ?? ""),
    first: ["webhooks status"],
    shows: /2 by targets of shop-orders: NO_RESOURCE .*:shop\)[^]*webhooks replay --undelivered shop-orders/,
    async fix() {
      await makeShop();
      expect((await cli.run("replay", "--undelivered", "--json")).json).toMatchObject({
        replayed: 2,
        failed: [],
      });
      const again = await until("the target's events", async () => {
        const messages = await drainQueue(shopUrl, sqs);
        return messages.length > 0 && messages;
      });
      expect(ids).toContain((JSON.parse(again[0]?.Body ?? "") as { detail: { id: string } }).detail.id);
      expect((await cli.run("replay", "--undelivered", "--json")).json).toMatchObject({ replayed: 0 });
    },
  });

  alarm("dead-letters", {
    async provoke() {
      ids = [await send({ customer: "unknown" })];
    },
    count: () => measure.queue(outputs().dlq_url),
    first: ["webhooks status"],
    shows: /1 of acme: States\.QueryEvaluationError[^]*webhooks dlq redrive --provider acme/,
    async fix() {
      expect((await cli.run("dlq", "show", ids[0]!)).stdout).toContain("no such customer");
      await hand.redefine((definition) => definition.replaceAll("$error('no such customer')", "data"));
      expect((await cli.run("dlq", "redrive", "--all")).code).toBe(0);
      await published(ids[0]!);
    },
  });

  alarm("message-age", {
    async provoke() {
      await hand.readQueue(false);
      ids = [await send({})];
    },
    // The queue is as it will be then: nobody reads it.
    count: () => measure.queue(outputs().sqs_queue_url, HALF_AN_HOUR_AND_MORE),
    first: ["webhooks status"],
    shows: /^oldest +3\d min\n[^]*^processor +Disabled$/m,
    async fix() {
      await hand.readQueue(true);
      await published(ids[0]!);
    },
  });

  alarm("ingestion-5xx", {
    async provoke() {
      undone = await hand.deny(outputs().ingestion_function_name, "sqs:SendMessage");
      const sent = Array.from({ length: 6 }, () => post("acme"));
      await measure.answers((await Promise.all(sent)).map(({ status }) => status));
    },
    first: ["webhooks doctor", "--provider", "acme"],
    shows: /PROBLEM +test webhook +acme: rejected with 503: .*not authorized to perform: sqs:sendmessage/i,
    async fix() {
      await undone();
      await published(await send({}));
    },
  });

  alarm("secret-unusable", {
    async provoke() {
      expect((await post("unstored")).status).toBe(503);
    },
    count: () => post("unstored"),
    first: ["webhooks status"],
    shows: /secret of unstored +missing/,
    async fix() {
      const { secret } = inbox.stack.providers["unstored"] ?? {};
      expect((await cli.runWithInput(`${secret}\n`, "secrets", "add", "unstored")).code).toBe(0);
      const released = await cli.run("rejected", "release", "--all", "--provider", "unstored", "--json");
      const [first] = released.json["released"] as { id: string }[];
      await published(first?.id ?? "");
    },
  });

  alarm("provider-paused", {
    async provoke() {
      expect((await cli.run("pause", "held", "--reason", "a migration")).code).toBe(0);
      ids = [await send({}, "held")];
      const since = new Date(Date.now() - 25 * 3_600_000).toISOString();
      const pause: StoredPause = { state: "paused", since, by: "ops", reason: "a migration" };
      await writePause(
        outputs().dynamodb_table_name,
        new DynamoDB(inbox.stack.emulator.client),
        "held",
        pause,
      );
    },
    count: recover,
    first: ["webhooks status"],
    shows: /held +paused for 25\.0 h by ops: a migration; 1 webhook held/,
    async fix() {
      expect((await cli.run("resume", "held")).code).toBe(0);
      await publishedByRecovery(ids[0]!);
    },
  });

  alarm("throttled-requests", {
    async provoke() {
      const statuses = await until("an answer 429", async () => {
        const sent = await Promise.all(Array.from({ length: 4 }, () => post("narrow")));
        return sent.some(({ status }) => status === 429) && sent.map(({ status }) => status);
      });
      await measure.answers(statuses);
    },
    first: ["webhooks status"],
    shows: /accepted.*\n.*narrow \d/,
    fix: async () => undefined,
  });

  alarm("ingest-throttled", {
    async provoke() {
      await hand.reserve(outputs().ingestion_function_name, 0);
      // AWS answers 500, the emulator with the error of Lambda's Invoke.
      expect((await post("acme")).status).toBe(429);
    },
    first: ["webhooks doctor", "--no-send"],
    shows: /PROBLEM +function webhook-inbox-ingest-local +(\d+ errors?, )?throttled \d+ time/,
    async fix() {
      await hand.unreserve(outputs().ingestion_function_name);
      await published(await send({}));
    },
  });

  alarm("process-throttled", {
    async provoke() {
      await hand.reserve(outputs().processing_function_name, 0);
      ids = [await send({})];
    },
    first: ["webhooks doctor", "--no-send"],
    shows: /PROBLEM +function webhook-inbox-process-local +(\d+ errors?, )?throttled \d+ time/,
    async fix() {
      await hand.unreserve(outputs().processing_function_name);
      await published(ids[0]!);
    },
  });

  alarm("recover-throttled", {
    async provoke() {
      await hand.reserve(outputs().recovery_function_name ?? "", 0);
      await expect(recover()).rejects.toThrow("Rate Exceeded");
    },
    first: ["webhooks doctor", "--no-send"],
    shows: /PROBLEM +function webhook-inbox-recover-local +(\d+ errors?, )?throttled \d+ time/,
    async fix() {
      await hand.unreserve(outputs().recovery_function_name ?? "");
      await succeeds(recover);
    },
  });

  alarm("account-concurrency", {
    async provoke() {
      const found = (await alarms()).find(({ AlarmName }) => AlarmName?.includes("account-concurrency"));
      await hand.reserve(outputs().processing_function_name, (found?.Threshold ?? 0) + 1);
      await measure.claimedConcurrency();
    },
    first: ["webhooks doctor", "--no-send"],
    shows: /limit: Lambda concurrency +\d+ for the account, \d+ unreserved/,
    fix: () => hand.unreserve(outputs().processing_function_name),
  });

  alarm("process-errors", {
    async provoke() {
      await deploy(outputs().processing_function_name, "");
      ids = [await send({})];
    },
    first: ["aws logs tail /aws/lambda/<processing_function_name> --since 1h", "webhook-inbox-process-local"],
    shows: /TABLE_NAME/,
    async fix() {
      await deploy(outputs().processing_function_name, outputs().dynamodb_table_name);
      await published(ids[0]!);
    },
  });

  alarm("recover-errors", {
    async provoke() {
      undone = await hand.deny(outputs().recovery_function_name, "sqs:*");
      for (let runs = 0; runs < 3; runs += 1) expect((await recover()).FunctionError).toBeDefined();
    },
    first: ["aws logs tail /aws/lambda/<recovery_function_name> --since 1h", "webhook-inbox-recover-local"],
    shows: /not authorized to perform: sqs:/,
    async fix() {
      await undone();
      await succeeds(recover);
    },
  });

  alarm("workflow-failed", {
    async provoke() {
      const table = outputs().dynamodb_table_name;
      await hand.redefine((definition) => definition.replaceAll(table, `${table}-gone`));
      ids = await Promise.all([1, 2, 3, 4, 5, 6].map((account) => send({ account })));
    },
    count: () => measure.executions(),
    first: ["webhooks status"],
    shows: /ResourceNotFound/,
    async fix() {
      const table = outputs().dynamodb_table_name;
      await hand.redefine((definition) => definition.replaceAll(`${table}-gone`, table));
      for (const id of ids) await publishedByRecovery(id);
    },
  });

  alarm("workflow-timed-out", {
    async provoke() {
      await hand.redefine((definition) => definition.replace('"TimeoutSeconds":20', '"TimeoutSeconds":1'));
      ids = await Promise.all([1, 2, 3, 4, 5, 6].map((account) => send({ account, lines: 100_000 })));
    },
    count: () => measure.executions(),
    first: ["webhooks list --status failed"],
    shows: /States\.Timeout/,
    async fix() {
      // The executions that raised the alarm need not be those of the first webhook.
      await until("the state in which one ran out of time", async () => {
        const traces = [];
        for (const id of ids) traces.push((await cli.run("trace", id)).stdout);
        return traces.some((trace) => /LookUpRecords .*reached its time limit here/.test(trace));
      });
      await hand.redefine((definition) =>
        definition.replace('"TimeoutSeconds":1', '"TimeoutSeconds":20').replaceAll(SLOW, "data"),
      );
      // Some are given up only after others are redriven.
      for (const id of ids) await publishedByRecovery(id, () => cli.run("dlq", "redrive", "--all"));
    },
  });

  let logged = 0;
  alarm("events-without-rule", {
    async provoke() {
      await until("the resumption's event", async () => {
        logged = await measure.matchedEvents("unmatched");
        return (await inbox.events.all()).some(({ source }) => source === "webhook._inbox");
      });
      expect(
        (await alarms()).filter(({ AlarmName }) => AlarmName?.includes("events-without-rule")),
      ).toMatchObject([{ StateValue: "INSUFFICIENT_DATA" }]);
      const EventBusName = outputs().eventbridge_bus_arn.split("/").at(-1);
      const entry = { Source: "shop", DetailType: "order.made", Detail: '{"order":7}', EventBusName };
      await bridge.send(new PutEventsCommand({ Entries: [entry] }));
    },
    count: async () => (logged = await measure.matchedEvents("unmatched")),
    get first() {
      return ["webhooks tail", "--since", "15m", "--count", String(logged)] as const;
    },
    shows: /shop .*order\.made/,
    fix: async () => undefined,
  });

  alarm("undelivered-to-consumers", {
    async provoke() {
      await sqs.send(new DeleteQueueCommand({ QueueUrl: outputs().consumer_queues["crm"]?.queue_url }));
      ids = [await send({}, "acme", "customer.made")];
    },
    count: async () => published(await send({})),
    first: ["webhooks consumers list"],
    shows: /crm +queue +queue missing/,
    async fix() {
      const url = outputs().consumer_queues["crm"]?.queue_url ?? "";
      const Attributes = { FifoQueue: "true" };
      await sqs.send(new CreateQueueCommand({ QueueName: url.split("/").at(-1), Attributes }));
      const replay = ["replay", "--consumer", "crm", "--type", "customer.made", "--since", "5m"];
      expect((await cli.run(...replay, "--json")).json).toMatchObject({ replayed: 1 });
      const [message] = await until("the consumer's event", async () => {
        const messages = await drainQueue(url, sqs);
        return messages.length > 0 && messages;
      });
      expect(message?.Body).toContain(ids[0]);
    },
  });

  let secret = "";
  let rejected = 0;
  const sendWithWrongSignature = async () => {
    rejected += 1;
    expect((await post("rotated", { secret })).status).toBe(401);
  };
  alarm("wrong-signatures", {
    of: "rotated",
    async provoke() {
      secret = `whsec_${randomUUID()}`;
      await Promise.all(Array.from({ length: 11 }, sendWithWrongSignature));
    },
    // The line of one of the eleven can stay with a process of the function that gets no other request.
    count: sendWithWrongSignature,
    first: ["webhooks rejected list --provider <provider>", "rotated"],
    shows: /signature_mismatch +no_secret_matched +rotated/,
    async fix() {
      expect((await cli.runWithInput(`${secret}\n`, "secrets", "add", "rotated")).code).toBe(0);
      const released = await cli.run("rejected", "release", "--all", "--provider", "rotated", "--json");
      expect(released.json["released"]).toHaveLength(rejected);
    },
  });

  alarm("source-not-allowed", {
    of: "elsewhere",
    provoke: async () => expect((await post("elsewhere")).status).toBe(403),
    count: () => post("elsewhere"),
    first: ["webhooks status"],
    shows: /source_not_allowed[^]*webhooks rejected release --provider elsewhere --reason source_not_allowed/,
    async fix() {
      const chosen = ["--provider", "elsewhere", "--reason", "source_not_allowed"];
      const { json } = await cli.run("rejected", "release", ...chosen, "--json");
      const [first] = json["released"] as { id: string }[];
      await published(first?.id ?? "");
    },
  });

  const COUNTED = ["Accepted", "Duplicate"];
  alarm("silence", {
    of: "quiet",
    async provoke() {
      await until("the recovery function to count", async () => {
        await recover();
        return measure.counts("quiet", COUNTED);
      });
      await measure.silentHour("quiet", COUNTED);
    },
    first: ["webhooks status"],
    shows: /silence-quiet-local No webhook of quiet was accepted for 1h/,
    async fix() {
      await published(await send({}, "quiet"));
      await until("the alarm's end", async () => {
        await post("quiet");
        const found = (await alarms()).find(({ AlarmName }) => AlarmName?.includes("silence-quiet"));
        return found?.StateValue === "OK";
      });
    },
  });

  alarm("reconcile-failed", {
    async provoke() {
      apiKeyIsValid = false;
    },
    count: reconcile,
    first: ["webhooks doctor", "--no-send"],
    shows: /PROBLEM +reconciliation of github .*401/,
    async fix() {
      apiKeyIsValid = true;
      await reconcile();
      expect((await cli.run("doctor", "--no-send")).stdout).toMatch(/ok +reconciliation of github/);
    },
  });

  alarm("reconcile-errors", {
    async provoke() {
      await deploy(outputs().reconciliation_function_name, "");
      for (let runs = 0; runs < 3; runs += 1) expect((await reconcile()).FunctionError).toBeDefined();
    },
    first: [
      "aws logs tail /aws/lambda/<reconciliation_function_name> --since 1h",
      "webhook-inbox-reconcile-local",
    ],
    shows: /TABLE_NAME/,
    async fix() {
      await deploy(outputs().reconciliation_function_name, outputs().dynamodb_table_name);
      await succeeds(reconcile);
    },
  });

  alarm("unrecoverable", {
    async provoke() {
      github.impossible.add("lost");
      github.add({ guid: "lost", at: Date.now() - 4 * 60_000 });
    },
    count: reconcile,
    first: [
      "aws logs filter-log-events --log-group-name /aws/lambda/<reconciliation_function_name> --filter-pattern unrecoverable",
      "webhook-inbox-reconcile-local",
    ],
    shows: /"lost"/,
    fix: async () => undefined,
  });

  const orders = () => outputs().consumer_queues["orders"] ?? { queue_url: "", dlq_url: "" };
  alarm("consumer-message-age", {
    of: "orders",
    async provoke() {
      ids = [await send({}, "acme", "order.made")];
      await published(ids[0]!);
    },
    count: () => measure.queue(orders().queue_url, HALF_AN_HOUR_AND_MORE),
    first: ["webhooks consumers show <name>", "orders"],
    shows: /oldest.*3\d min/i,
    fix: async () => undefined,
  });

  alarm("consumer-dead-letters", {
    of: "orders",
    // Its program receives, and fails.
    async count() {
      const VisibilityTimeout = 0;
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: orders().queue_url, VisibilityTimeout }));
      await measure.queue(orders().dlq_url);
    },
    provoke: async () => undefined,
    first: ["webhooks consumers show <name>", "orders"],
    shows: /dead letters +1/i,
    async fix() {
      expect((await cli.run("dlq", "redrive", "--consumer", "orders", "--all")).code).toBe(0);
      const [message] = await drainQueue(orders().queue_url, sqs);
      expect(message?.Body).toContain(ids[0]);
    },
  });
});

test("every alarm of the stack is raised by a test here", async () => {
  const paragraphs = (await alarms()).map(
    ({ AlarmDescription }) => AlarmDescription?.split("#").at(-1) ?? "",
  );
  expect([...raisedByTests].sort()).toEqual([...new Set(paragraphs)].sort());
});
