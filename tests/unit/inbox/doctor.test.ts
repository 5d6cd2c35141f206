import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeResourcePoliciesCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDB } from "@aws-sdk/client-dynamodb";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetServiceSettingCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { inboxAt } from "../../../inbox/connect";
import { examine } from "../../../inbox/doctor";
import { alarms } from "../../../inbox/doctor/alarms";
import { encryption } from "../../../inbox/doctor/encryption";
import type { Check, Finding, Patient } from "../../../inbox/doctor/finding";
import { limits } from "../../../inbox/doctor/limits";
import type { Outputs } from "../../../inbox/outputs";
import { webhooks } from "../../support/webhooks";

/* What the local stack cannot show: limits of an account, mail that nobody confirmed, HTTP/2, a clock that is wrong. */

const patient = (outputs: object = {}): Patient => ({
  ...inboxAt(
    {
      alarm_names: ["dead-letters"],
      throttle_rate_limit: 10_000,
      throttle_burst_limit: 5_000,
      providers: [{ name: "stripe", scheme: "stripe" }],
      ...outputs,
    } as Outputs,
    { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } },
  ),
  options: { send: false },
});

const aws = {
  api: mockClient(APIGatewayClient),
  cloudwatch: mockClient(CloudWatchClient),
  dynamodb: mockClient(DynamoDB),
  lambda: mockClient(LambdaClient),
  logs: mockClient(CloudWatchLogsClient),
  sns: mockClient(SNSClient),
  ssm: mockClient(SSMClient),
};

const line = async (check: Check, what: string, of = patient()) =>
  (await check.examine(of)).find((finding) => finding.what === what);

describe("a key of the stack's own", () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d";
  const found = async (SSEDescription: object) => {
    aws.dynamodb.reset();
    aws.dynamodb.on(DescribeTableCommand).resolves({ Table: { SSEDescription } });
    return encryption.examine(patient({ kms_key_arn: key, dynamodb_table_name: "webhooks" }));
  };

  test("that DynamoDB can use is ok", async () => {
    expect(await found({ Status: "ENABLED", KMSMasterKeyArn: key })).toMatchObject([{ state: "ok" }]);
  });

  test("that is disabled is a problem, with the time since when", async () => {
    const InaccessibleEncryptionDateTime = new Date("2026-11-28T10:00:00Z");
    expect(await found({ Status: "ENABLED", InaccessibleEncryptionDateTime })).toMatchObject([
      { state: "problem", found: `DynamoDB cannot use ${key} since 2026-11-28T10:00:00.000Z` },
    ]);
  });

  test("is not looked for where there is none", async () => {
    expect(await encryption.examine(patient())).toEqual([]);
  });
});

describe("the account's limits", () => {
  beforeEach(() => {
    for (const mock of Object.values(aws)) mock.reset();
    const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 };
    aws.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    aws.api.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 } });
    aws.ssm.on(GetServiceSettingCommand).resolves({ ServiceSetting: { SettingValue: "false" } });
    aws.logs.on(DescribeResourcePoliciesCommand).resolves({ resourcePolicies: [{}] });
  });

  test("that are the usual ones are reported with their figures", async () => {
    expect(await limits.examine(patient())).toMatchObject([
      { state: "ok", found: "1000 for the account, 900 unreserved" },
      { state: "ok", found: expect.stringContaining("10000 requests/s") as string },
      { state: "ok", found: expect.stringContaining("40 reads/s") as string },
      { state: "ok", found: "1 of 10 for the Region" },
    ]);
  });

  test("a new account's Lambda concurrency of 10 is a warning", async () => {
    const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    aws.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    expect(await line(limits, "limit: Lambda concurrency")).toMatchObject({
      state: "warning",
      found: "10 for the account, 10 unreserved",
      fix: expect.stringContaining("Service Quotas") as string,
    });
  });

  test("a throttle of the account below the stack's own is a warning", async () => {
    aws.api.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 2_500, burstLimit: 1_250 } });
    expect(await line(limits, "limit: API Gateway throttle")).toMatchObject({
      state: "warning",
      found: expect.stringContaining("the stack asks for 10000/s") as string,
    });
  });

  test("a Region that holds all the log resource policies it takes is a warning", async () => {
    const resourcePolicies = Array.from({ length: 10 }, () => ({}));
    aws.logs.on(DescribeResourcePoliciesCommand).resolves({ resourcePolicies });
    expect(await line(limits, "limit: log resource policies")).toMatchObject({ state: "warning" });
  });

  test("one that may not be read leaves the others readable", async () => {
    const denied = Object.assign(new Error("not authorized to perform ssm:GetServiceSetting"), {
      name: "AccessDeniedException",
    });
    aws.ssm.on(GetServiceSettingCommand).rejects(denied);
    const findings = await limits.examine(patient());
    expect(findings.map(({ state }) => state)).toEqual(["ok", "ok", "unknown", "ok"]);
  });
});

describe("the alarms' recipients", () => {
  const TopicArn = "arn:aws:sns:us-east-1:123456789012:alarms";
  const notified = (...SubscriptionArns: string[]) => {
    aws.cloudwatch
      .on(DescribeAlarmsCommand)
      .resolves({ MetricAlarms: [{ AlarmName: "dead-letters", AlarmActions: [TopicArn] }] });
    const Subscriptions = SubscriptionArns.map((SubscriptionArn) => ({
      SubscriptionArn,
      Endpoint: "ops@example.com",
    }));
    aws.sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions });
    return line(alarms, "alarm notifications");
  };

  test.each([
    ["that never confirmed", ["PendingConfirmation"], "problem", "not confirmed: ops@example.com"],
    ["that are none", [], "warning", "no subscriber"],
    ["of whom one confirmed", [`${TopicArn}:1`, "PendingConfirmation"], "ok", "1 confirmed subscription"],
  ])("%s", async (_, subscriptions, state, found) => {
    expect(await notified(...subscriptions)).toMatchObject({ state, found });
  });

  test("that nobody named are a warning", async () => {
    aws.cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ AlarmName: "dead-letters" }] });
    expect(await line(alarms, "alarm notifications")).toMatchObject({
      state: "warning",
      found: "no subscriber",
    });
  });
});

describe("over the network", () => {
  const fixture = (name: string) => join(__dirname, "../../fixtures", name);
  let server: Http2SecureServer;
  let folder: string;
  let status = 401;
  let secondsOff = 0;
  const seen: { readonly version: string; readonly headers: readonly string[] }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "webhooks-doctor-"));
    const key = readFileSync(fixture("localhost-key.pem"));
    const cert = readFileSync(fixture("localhost-certificate.pem"));
    server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
      seen.push({ version: request.httpVersion, headers: request.rawHeaders });
      const date = new Date(Date.now() + secondsOff * 1_000).toUTCString();
      response.writeHead("stripe-signature" in request.headers ? status : 400, { date });
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** The command as a process, which trusts the server's certificate and reaches nothing else of AWS. */
  async function doctor(): Promise<readonly Finding[]> {
    const names =
      "dynamodb_table_name s3_bucket_name sqs_queue_url dlq_url event_log_group_name state_machine_arn";
    const more = "workflow_log_group_name ingestion_function_name processing_function_name metric_namespace";
    const outputs = {
      ...Object.fromEntries(`${names} ${more}`.split(" ").map((name) => [name, "x"])),
      eventbridge_bus_arn: "arn:aws:events:us-east-1:123456789012:event-bus/b",
      api_endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/webhook`,
      providers: [{ name: "stripe", scheme: "stripe" }],
    };
    const file = join(folder, "outputs.json");
    writeFileSync(file, JSON.stringify(outputs));
    const args = [webhooks(), "doctor", "--no-send", "--json", "--outputs", file];
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: fixture("localhost-certificate.pem"),
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const { findings } = JSON.parse(await text(child.stdout)) as { findings: readonly Finding[] };
    return findings;
  }
  const about = (findings: readonly Finding[], what: string) =>
    findings.find((finding) => finding.what === what);

  test("the endpoint gets header names in lower case, over HTTP/1.1 and over HTTP/2", async () => {
    seen.length = 0;
    const findings = await doctor();
    expect(about(findings, "clock")?.state).not.toBe("problem");
    expect(about(findings, "endpoint without required headers")).toMatchObject({ state: "ok" });
    expect(about(findings, "endpoint over HTTP/1.1")).toMatchObject({ state: "ok" });
    expect(about(findings, "endpoint over HTTP/2")).toMatchObject({ state: "ok" });
    const signed = seen.filter(({ headers }) => headers.includes("stripe-signature"));
    expect(signed.map(({ version }) => version).sort()).toEqual(["1.1", "2.0"]);
  });

  test("an endpoint that minds the case, and a clock that is ten minutes off, are problems", async () => {
    status = 400;
    secondsOff = 600;
    const findings = await doctor();
    expect(about(findings, "endpoint over HTTP/2")).toMatchObject({
      state: "problem",
      found: expect.stringContaining("answers 400 where 401 is right") as string,
      fix: expect.stringContaining("lower case") as string,
    });
    expect(about(findings, "clock")).toMatchObject({
      state: "problem",
      found: expect.stringMatching(/^this machine is \d+ s behind AWS$/) as string,
    });
  });
});

test("what cannot be examined is unknown, and ends no other check", async () => {
  for (const mock of Object.values(aws)) mock.reset();
  aws.cloudwatch.rejects(new Error("no credentials"));
  const findings = await examine(patient({ api_endpoint: "http://127.0.0.1:9", providers: [] }));
  expect(findings.find(({ what }) => what === "alarms")).toMatchObject({
    state: "unknown",
    found: "could not be examined: no credentials",
  });
  expect(findings.find(({ what }) => what === "outputs")).toBeDefined();
});
