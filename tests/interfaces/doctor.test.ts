import {
  APIGatewayClient,
  GetResourcesCommand,
  GetRestApisCommand,
  UpdateMethodCommand,
} from "@aws-sdk/client-api-gateway";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
  ListSubscriptionsByTopicCommand,
} from "@aws-sdk/client-sns";
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  GetParameterCommand,
  PutParameterCommand,
  DeleteParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alarms } from "../../inbox/doctor/alarms";
import { breaker } from "../../inbox/doctor/breaker";
import { delivery } from "../../inbox/doctor/delivery";
import { endpoint } from "../../inbox/doctor/endpoint";
import type { Check, DoctorOptions, Finding, Patient } from "../../inbox/doctor/finding";
import { functionErrors } from "../../inbox/doctor/function-errors";
import { queues } from "../../inbox/doctor/queues";
import { secrets } from "../../inbox/doctor/secrets";
import { connect } from "../../inbox/connect";
import { byHand } from "../support/by-hand";
import { commandLine } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

/* Each fault is provoked on the local stack, seen by its line, and taken back: then the line is `ok` again. */

jest.setTimeout(120_000);

let inbox: Inbox;
let patient: Patient;
let folder: string;

beforeAll(async () => {
  inbox = await startInbox({
    config: {
      alarmEmail: "ops@example.com",
      providers: [
        { name: "stripe", scheme: "stripe", secret: { ssm: "/doctor/stripe" } },
        { name: "standard", scheme: "standard-webhooks", secret: { ssm: "/doctor/standard" } },
        { name: "acme", scheme: "hmac-sha256", secret: { ssm: "/doctor/acme" } },
        { name: "adyen", scheme: "adyen", secret: { ssm: "/doctor/adyen" } },
        { name: "discord", scheme: "discord", secret: { ssm: "/doctor/discord" } },
        {
          name: "broken",
          scheme: "hmac-sha256",
          secret: { ssm: "/doctor/broken" },
          transform: "$error('no transform can be made of this')",
        },
      ],
    },
  });
  folder = mkdtempSync(join(tmpdir(), "webhooks-doctor-"));
  patient = await connected(inbox.stack.outputs);
  // Nobody can click on the mail that the emulator does not send.
  await confirmSubscription();
}, 120_000);
afterAll(async () => {
  await inbox?.close();
  if (folder) rmSync(folder, { recursive: true });
});

async function connected(outputs: object, options: DoctorOptions = { send: true }): Promise<Patient> {
  const file = join(folder, "outputs.json");
  writeFileSync(file, JSON.stringify(outputs));
  process.env["AWS_ENDPOINT_URL"] = inbox.stack.endpoint;
  process.env["AWS_ACCESS_KEY_ID"] = inbox.stack.emulator.client.credentials.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = inbox.stack.emulator.client.credentials.secretAccessKey;
  return { ...(await connect({ outputs: file })), options };
}

const clientOf = () => inbox.stack.emulator.client;

/** The lines of one check about one thing. */
async function line(check: Check, what: string | RegExp, of: Patient = patient): Promise<Finding> {
  const findings = await check.examine(of);
  const found = findings.find((finding) =>
    typeof what === "string" ? finding.what === what : what.test(finding.what),
  );
  if (!found) throw new Error(`no line about ${what} in ${JSON.stringify(findings)}`);
  return found;
}

async function confirmSubscription(): Promise<void> {
  const sns = new SNSClient(clientOf());
  const { MetricAlarms: [alarm] = [] } = await new CloudWatchClient(clientOf()).send(
    new DescribeAlarmsCommand({}),
  );
  const TopicArn = alarm?.AlarmActions?.[0];
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  for (const { SubscriptionArn } of Subscriptions.filter(({ SubscriptionArn: arn }) =>
    arn?.startsWith("arn:"),
  ))
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: "arn:aws:sqs:us-east-1:000000000000:on-call",
    }),
  );
}

describe("webhooks doctor", () => {
  test("is green on a healthy stack: exit code 0, and a line for everything that it looked at", async () => {
    const cli = commandLine(inbox);
    const { code, json } = await cli.run("doctor", "--json");
    cli.close();
    const findings = json["findings"] as readonly Finding[];
    expect(findings.filter(({ state }) => state === "problem")).toEqual([]);
    expect(code).toBe(0);
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        "outputs",
        "clock",
        "secret of stripe",
        "endpoint over HTTP/1.1",
        "test webhook",
        "breaker",
        "dead letters",
      ]),
    );
    expect(findings.find(({ what }) => what === "test webhook")?.found).toMatch(
      /published after .* its event is in the log/,
    );
  });

  test("is red with what to do if something is wrong: exit code 1", async () => {
    const sqs = new SQSClient(clientOf());
    const QueueUrl = inbox.stack.outputs.dlq_url;
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "{}",
        MessageGroupId: "g",
        MessageDeduplicationId: "doctor",
      }),
    );
    const cli = commandLine(inbox);
    const { code, stdout } = await cli.run("doctor", "--no-send");
    cli.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(/PROBLEM +dead letters +1 webhook/);
    expect(stdout).toContain("webhooks dlq list");
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test("an unknown provider of the test webhook is wrong usage: exit code 2", async () => {
    const cli = commandLine(inbox);
    const { code, stderr } = await cli.run("doctor", "--provider", "strpe");
    cli.close();
    expect(code).toBe(2);
    expect(stderr).toContain("The stack has no provider strpe. Did you mean stripe?");
  });
});

/** Replaces what is stored for a provider while the test looks. */
async function whileStored(
  provider: string,
  value: string | undefined,
  look: () => Promise<void>,
): Promise<void> {
  const ssm = new SSMClient(clientOf());
  const secret = patient.outputs.providers.find(({ name }) => name === provider)?.secret;
  const Name = secret && "ssm" in secret ? secret.ssm : "";
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
  await (value === undefined
    ? ssm.send(new DeleteParameterCommand({ Name }))
    : ssm.send(new PutParameterCommand({ Name, Value: value, Type: "SecureString", Overwrite: true })));
  try {
    await look();
  } finally {
    await ssm.send(
      new PutParameterCommand({ Name, Value: Parameter?.Value, Type: "SecureString", Overwrite: true }),
    );
  }
  expect(await line(secrets, `secret of ${provider}`)).toMatchObject({ state: "ok" });
}

describe("the secrets", () => {
  test.each<[string, string, string | undefined, Finding["state"], RegExp]>([
    ["a secret that is not stored", "acme", undefined, "problem", /There is no secret in the SSM parameter/],
    ["a secret that the scheme cannot use", "standard", "not base64 at all!", "problem", /base64/],
    ["what is neither a secret nor a list of secrets", "acme", "[]", "problem", /neither a secret nor/],
    [
      "secrets that have all expired",
      "acme",
      JSON.stringify([{ secret: "s".repeat(40), expiresAt: "2020-01-01T00:00:00Z" }]),
      "problem",
      /expired/,
    ],
    ["the placeholder of an example", "acme", "changeme", "problem", /placeholder/],
    ["a secret that can be guessed", "acme", "hunter2-abc", "warning", /less than 16 characters/],
  ])("%s", async (_, provider, stored, state, found) => {
    await whileStored(provider, stored, async () => {
      expect(await line(secrets, `secret of ${provider}`)).toMatchObject({
        state,
        found: expect.stringMatching(found) as string,
        fix: expect.any(String) as string,
      });
    });
  });
});

describe("the endpoint", () => {
  test("that nobody answers at", async () => {
    const nowhere = await connected({ ...inbox.stack.outputs, api_endpoint: "http://127.0.0.1:9/webhook" });
    expect(await line(endpoint, "endpoint over HTTP/1.1", nowhere)).toMatchObject({
      state: "problem",
      found: expect.stringContaining("does not answer") as string,
    });
  });

  test("that has no route of a provider", async () => {
    const [first] = patient.outputs.providers;
    const renamed = {
      ...patient,
      outputs: { ...patient.outputs, providers: [{ ...first!, name: "removed" }] },
    };
    expect(await line(endpoint, "endpoint over HTTP/1.1", renamed)).toMatchObject({
      state: "problem",
      fix: expect.stringContaining("pulumi up") as string,
    });
  });

  test("whose request validator is not in force", async () => {
    const api = new APIGatewayClient(clientOf());
    const { items: [restApi] = [] } = await api.send(new GetRestApisCommand({}));
    const { items = [] } = await api.send(new GetResourcesCommand({ restApiId: restApi?.id, limit: 500 }));
    const resource = items.find(({ path }) => path === "/webhook/stripe");
    const method = { restApiId: restApi?.id, resourceId: resource?.id, httpMethod: "POST" };
    const patch = (op: "add" | "remove") =>
      api.send(
        new UpdateMethodCommand({
          ...method,
          patchOperations: [
            op === "remove"
              ? { op, path: "/requestParameters/method.request.header.Stripe-Signature" }
              : { op, path: "/requestParameters/method.request.header.Stripe-Signature", value: "true" },
          ],
        }),
      );
    await patch("remove");
    try {
      expect(await line(endpoint, "endpoint without required headers")).toMatchObject({
        state: "problem",
        found: expect.stringContaining("answers 401 where 400 is right") as string,
      });
    } finally {
      await patch("add");
    }
    expect(await line(endpoint, "endpoint without required headers")).toMatchObject({ state: "ok" });
  });
});

describe("the test webhook", () => {
  test("that cannot be processed", async () => {
    const finding = await line(delivery, "test webhook", {
      ...patient,
      options: { send: true, provider: "broken" },
    });
    expect(finding).toMatchObject({
      state: "problem",
      found: expect.stringMatching(
        /broken: accepted, then (failed|dead_lettered): .*no transform can be made/,
      ) as string,
      fix: expect.stringContaining("webhooks trace") as string,
    });
    await until("its dead letter", async () => {
      const found = await line(queues, "dead letters");
      return found.state === "problem";
    });
    await new SQSClient(clientOf()).send(new PurgeQueueCommand({ QueueUrl: inbox.stack.outputs.dlq_url }));
  });

  test("that is rejected, since the stored secret is another one", async () => {
    const [stripe] = patient.outputs.providers.filter(({ name }) => name === "stripe");
    const [acme] = patient.outputs.providers.filter(({ name }) => name === "acme");
    const mixedUp = { ...patient.outputs, providers: [{ ...stripe!, secret: acme!.secret }] };
    const finding = await line(delivery, "test webhook", { ...patient, outputs: mixedUp });
    expect(finding).toMatchObject({
      state: "problem",
      found: expect.stringContaining("rejected with 401") as string,
    });
  });

  test("is not sent for a provider that is taken from its own addresses only: it would raise an alarm", async () => {
    const allowedSourceRanges = ["203.0.113.0/24"];
    const providers = patient.outputs.providers.map((provider) => ({ ...provider, allowedSourceRanges }));
    const restricted = { ...patient, outputs: { ...patient.outputs, providers } };
    expect(await line(delivery, "test webhook", restricted)).toMatchObject({ state: "unknown" });
  });

  test("is taken while the functions do not know a secret that was just added", async () => {
    const signedByAcme = { ...patient, options: { send: true, provider: "acme" } };
    expect(await line(delivery, "test webhook", signedByAcme)).toMatchObject({ state: "ok" });
    // Uses up the next read of the secret, which is made for a signature that does not match.
    expect((await inbox.send("acme", { forged: true }, { secret: "f".repeat(32) })).status).toBe(401);
    const both = [{ secret: "n".repeat(32) }, { secret: inbox.stack.providers["acme"]?.secret }];
    await whileStored("acme", JSON.stringify(both), async () => {
      expect(await line(delivery, "test webhook", signedByAcme)).toMatchObject({ state: "ok" });
    });
  });

  test("whose event does not reach the log", async () => {
    const events = new EventBridgeClient(clientOf());
    const EventBusName = inbox.stack.outputs.eventbridge_bus_arn.split("/").at(-1);
    const Rule = await ruleOf("stripe", events, EventBusName);
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule, EventBusName }));
    await events.send(
      new RemoveTargetsCommand({ Rule, EventBusName, Ids: Targets.map(({ Id }) => Id ?? "") }),
    );
    try {
      const one = { ...patient, options: { send: true, provider: "stripe" } };
      expect(await line(delivery, "test webhook", one)).toMatchObject({
        state: "warning",
        found: expect.stringContaining("its event is not in") as string,
      });
    } finally {
      await events.send(new PutTargetsCommand({ Rule, EventBusName, Targets }));
    }
  });
});

async function ruleOf(
  provider: string,
  events: EventBridgeClient,
  EventBusName: string | undefined,
): Promise<string> {
  const { ListRulesCommand } = await import("@aws-sdk/client-eventbridge");
  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName }));
  const rule = Rules.find(({ EventPattern = "" }) => EventPattern.includes(`webhook.${provider}"`));
  return rule?.Name ?? "";
}

describe("the processing", () => {
  test("whose queue reader is off", async () => {
    const hand = byHand(inbox);
    await hand.readQueue(false);
    try {
      expect(await line(breaker, /queue reader/)).toMatchObject({ state: "problem", found: "Disabled" });
    } finally {
      await hand.readQueue(true);
    }
    expect(await line(breaker, /queue reader/)).toMatchObject({ state: "ok" });
  });

  test("whose breaker may not tag the queue reader", async () => {
    const lambda = new LambdaClient(clientOf());
    const FunctionName = inbox.stack.outputs.recovery_function_name;
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const RoleName = Role?.split("/").at(-1);
    const { PolicyNames: [PolicyName] = [] } = await inbox.iam.send(
      new ListRolePoliciesCommand({ RoleName }),
    );
    const { PolicyDocument = "" } = await inbox.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = decodeURIComponent(PolicyDocument);
    const without = document.replaceAll("lambda:TagResource", "lambda:ListTags");
    expect(without).not.toBe(document);
    await inbox.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: without }));
    try {
      expect(await line(breaker, "breaker")).toMatchObject({
        state: "problem",
        found: expect.stringMatching(/cannot pause the processing: .*TagResource/) as string,
      });
    } finally {
      await inbox.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    }
    expect(await line(breaker, "breaker")).toMatchObject({ state: "ok" });
  });

  test.each([
    ["recovery_function_name", "Errors", /1 error in the last hour/],
    ["processing_function_name", "Throttles", /throttled 1 time/],
  ] as const)("of which the %s had %s", async (output, MetricName, found) => {
    const name = inbox.stack.outputs[output];
    await new CloudWatchClient(clientOf()).send(
      new PutMetricDataCommand({
        Namespace: "AWS/Lambda",
        MetricData: [{ MetricName, Dimensions: [{ Name: "FunctionName", Value: name }], Value: 1 }],
      }),
    );
    expect(await line(functionErrors, `function ${name}`)).toMatchObject({
      state: "problem",
      found: expect.stringMatching(found) as string,
    });
  });
});

describe("the queues and the alarms", () => {
  test("an event that a target did not take", async () => {
    const sqs = new SQSClient(clientOf());
    const QueueUrl = inbox.stack.outputs.undelivered_queue_url;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    expect(await line(queues, "undelivered events")).toMatchObject({ state: "problem", found: "1 event" });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await line(queues, "undelivered events")).toMatchObject({ state: "ok" });
  });

  test("an alarm that is raised", async () => {
    const cloudwatch = new CloudWatchClient(clientOf());
    const [AlarmName] = inbox.stack.outputs.alarm_names;
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }));
    expect(await line(alarms, `alarm ${AlarmName}`)).toMatchObject({ state: "problem", found: "raised" });
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "OK", StateReason: "test" }));
  });

  test("an alarm that an operator deleted", async () => {
    const cloudwatch = new CloudWatchClient(clientOf());
    const AlarmName = inbox.stack.outputs.alarm_names.at(-1) ?? "";
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(await line(alarms, "alarms")).toMatchObject({
      state: "problem",
      found: expect.stringContaining(AlarmName) as string,
    });
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: "n",
        MetricName: "m",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    expect(await line(alarms, "alarms")).toMatchObject({ state: "ok" });
  });
});
