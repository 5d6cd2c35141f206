import { assertValid } from "../../../statemachines/render";
import { ACCOUNT, runProgram, type Declared, type Program } from "../../support/program";

jest.setTimeout(120_000);

/** What real deployments met, that an emulator does not show. */
let program: Program;
beforeAll(async () => {
  program = await runProgram();
});

const stripe = { name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } };
const NAMES = ["name", "bucket", "policyName", "dashboardName"];
const named = ({ type, name }: Declared) => `${type} ${name}`;

describe("what stays when a stack is destroyed", () => {
  test("has no physical name: Pulumi has forgotten it, and the next deployment would find the name taken", () => {
    const retained = program.resources.filter(({ options }) => options.retainOnDelete);
    expect(retained.map(named).sort()).toEqual([
      "aws:apigateway/account:Account inbox-api-account",
      "aws:iam/role:Role webhook-inbox-api-logs-dev",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment inbox-api-logs-policy",
    ]);
    for (const { inputs } of retained) expect(NAMES.filter((name) => name in inputs)).toEqual([]);
  });

  test("is API Gateway's log role with its rights; the role keeps its place in stacks that had it by another name", () => {
    const role = program.one("aws:iam/role:Role", "webhook-inbox-api-logs-dev");
    expect(role.aliasUrns).toContainEqual(
      expect.stringMatching(/WebhookApi\$aws:iam\/role:Role::inbox-api-logs-role$/),
    );
    // Deprecated: https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/#managedpolicyarns_nodejs
    expect(role.inputs).not.toHaveProperty("managedPolicyArns");
    expect(program.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs).toMatchObject({
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
  });
});

describe("what holds data", () => {
  const TABLE = "aws:dynamodb/table:Table";
  const HOLDS_DATA = [
    "aws:dynamodb/table:Table inbox-webhooks",
    "aws:s3/bucket:Bucket inbox-raw-payloads",
    "aws:sqs/queue:Queue inbox-bus-dlq",
    "aws:sqs/queue:Queue inbox-queue",
    "aws:sqs/queue:Queue inbox-queue-dlq",
  ];
  const protectedOf = ({ resources }: Program) =>
    resources
      .filter(({ options }) => options.protect)
      .map(named)
      .sort();

  test("is protected by default, and nothing else is", () => {
    expect(protectedOf(program)).toEqual(HOLDS_DATA);
    expect(program.one(TABLE).inputs).toMatchObject({ deletionProtectionEnabled: true });
  });

  test("is not where the stack says so, and the preview says what can be lost", async () => {
    const info = jest.spyOn(console, "log").mockImplementation();
    try {
      const open = await runProgram({ protect: false }, { preview: true });
      expect(protectedOf(open)).toEqual([]);
      // AWS would reject the deletion by Pulumi.
      expect(open.one(TABLE).inputs).toMatchObject({ deletionProtectionEnabled: false });
      const said = info.mock.calls.flat().join("\n");
      for (const name of [
        "table webhook-inbox-webhooks-dev",
        `bucket webhook-inbox-raw-dev-${ACCOUNT}`,
        "webhook-inbox-webhooks-dev.fifo",
        "webhook-inbox-webhooks-dlq-dev.fifo",
      ]) {
        expect(said).toContain(name);
      }
    } finally {
      info.mockRestore();
    }
  });

  test("can be emptied by pulumi destroy once it is not protected", () => {
    expect(program.one("aws:s3/bucket:Bucket").inputs).toMatchObject({ forceDestroy: true });
  });
});

describe("a stack without providers", () => {
  test("has no widget without metrics, which CloudWatch rejects", async () => {
    const { widgets } = JSON.parse(
      (await runProgram({ providers: undefined })).one("aws:cloudwatch/dashboard:Dashboard").inputs[
        "dashboardBody"
      ] as string,
    ) as { widgets: { properties: { title: string; metrics: unknown[] } }[] };
    expect(widgets).toHaveLength(6);
    for (const { properties } of widgets) expect(properties.metrics.length).toBeGreaterThan(0);
  });
});

describe("the API's stage", () => {
  const trigger = (of: Program) =>
    (of.one("aws:apigateway/deployment:Deployment").inputs["triggers"] as { inputs: string }).inputs;
  let one: Program;
  beforeAll(async () => {
    one = await runProgram({ providers: [stripe] });
  });

  test("serves the same snapshot while nothing changes", async () => {
    const same = { ...stripe, filter: "true", orderingKey: "data.object.id" };
    expect(trigger(await runProgram({ providers: [same] }))).toBe(trigger(one));
  });

  test.each<[string, Record<string, unknown>]>([
    ["a provider is added", { providers: [stripe, { ...stripe, name: "other" }] }],
    ["a provider is removed", { providers: [] }],
    ["a scheme requires other headers", { providers: [{ ...stripe, scheme: "github" }] }],
    ["the function has another name, as with another suffix", { environmentSuffix: "prod" }],
    ["or another service", { serviceName: "hooks" }],
  ])("gets a new one if %s", async (_, config) => {
    const after = await runProgram({ providers: [stripe], ...config });
    expect(trigger(after)).not.toBe(trigger(one));
  });

  test("never invokes a deleted function: the new one is there before the old one goes", () => {
    const functions = program.all("aws:lambda/function:Function");
    const roles = program
      .all("aws:iam/role:Role")
      .filter(({ name }) => /^inbox-(ingest|process|recover)-/.test(name));
    expect([functions.length, roles.length]).toEqual([3, 3]);
    for (const { options } of [...functions, ...roles]) expect(options.deleteBeforeReplace).toBe(false);
  });

  test("counts per method, which is billed, only where that is requested", async () => {
    const counted = async (config: Record<string, unknown>) =>
      (await runProgram({ providers: [], ...config })).one("aws:apigateway/methodSettings:MethodSettings")
        .inputs["settings"] as unknown;
    expect(await counted({})).toMatchObject({ metricsEnabled: false });
    expect(await counted({ detailedMetrics: true })).toMatchObject({ metricsEnabled: true });
  });
});

test("a pause is the recovery function's: refreshing during one neither resumes the reading nor takes the tag", () => {
  const { options } = program.one("aws:lambda/eventSourceMapping:EventSourceMapping");
  expect(options.ignoreChanges).toEqual(expect.arrayContaining(["enabled", "tags", "tagsAll"]));
});

test("the first preview has the workflow's definition, so that it is checked before anything is made", async () => {
  const preview = await runProgram({}, { preview: true });
  const { definition } = preview.one("aws:sfn/stateMachine:StateMachine").inputs as { definition: string };
  expect(definition).toBe(program.one("aws:sfn/stateMachine:StateMachine").inputs["definition"]);
  assertValid(definition);
});

test("in another partition no ARN is of this one", async () => {
  const abroad = await runProgram(
    { providers: [stripe, { ...stripe, name: "two", secret: { secretsManager: "inbox/two" } }] },
    { partition: "aws-us-gov" },
  );
  const text = JSON.stringify(abroad.resources.map(({ inputs }) => inputs));
  expect(text).toContain("arn:aws-us-gov:states:::aws-sdk:dynamodb:batchGetItem");
  expect(text.match(/arn:aws:[^"]*/g)).toBeNull();
});
