import { runProgram, type Declared, type Program } from "../support/program";
import { awsModels, type Models } from "../support/aws/model";
import { resourceViolations } from "../support/aws/pulumi";

/*
 * Every input of every resource of the program against AWS's own API models, also those that the local deployer does not
 * pass on to the emulator.
 */

jest.setTimeout(120_000);

const secret = (name: string) => ({ ssm: `/webhook-inbox/dev/${name}` });

let models: Models;
let program: Program;
beforeAll(async () => {
  models = await awsModels();
  program = await runProgram({
    alarmEmail: "someone@example.com",
    providers: [
      { name: "stripe", scheme: "stripe", secret: secret("stripe"), throttle: { burst: 5, rate: 5 } },
      {
        name: "acme",
        scheme: "hmac-sha256",
        secret: { secretsManager: "dev/acme" },
        orderingKey: "account",
        filter: "true",
        transform: "data",
        expectEvery: "6h",
      },
      { name: "meta", scheme: "meta", secret: secret("meta"), verifyToken: secret("meta-verify-token") },
    ],
  });
});

/** ARNs that the mocks make up of type and name, as AWS writes them. */
const ARNS = [
  [/arn:aws:iam:us-east-1:(\d+):(?!role)/g, "arn:aws:iam::$1:role/"],
  [/arn:aws:lambda:us-east-1:(\d+):(?!function|event)/g, "arn:aws:lambda:us-east-1:$1:function:"],
  [/arn:aws:cloudwatch:us-east-1:(\d+):\//g, "arn:aws:logs:us-east-1:$1:log-group:/"],
  [/arn:aws:cloudwatch:us-east-1:(\d+):(?!alarm|rule)/g, "arn:aws:events:us-east-1:$1:rule/"],
] as const;

const findings = (resources: readonly Pick<Declared, "type" | "name" | "inputs">[]) =>
  resources.flatMap(({ type, name, inputs }) => {
    const text = ARNS.reduce((json, [made, real]) => json.replace(made, real), JSON.stringify(inputs));
    return resourceViolations(models, { type, name, inputs: JSON.parse(text) as Declared["inputs"] });
  });

test("AWS's models take every input of every resource", () => {
  expect(findings(program.resources)).toEqual([]);
  expect(program.resources.length).toBeGreaterThan(80);
});

test.each([
  { truststoreUri: "s3://certificates/clients.pem" },
  { tlsPolicy: "SecurityPolicy_TLS13_1_3_2025_09" },
])(
  "also with what production adds: a domain with %j, a web ACL, point-in-time recovery, a key",
  async (tls) => {
    const { resources } = await runProgram({
      domain: {
        name: "hooks.example.com",
        certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
        hostedZoneId: "Z0123456789",
        ...tls,
      },
      webAclArn:
        "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/inbox/0a1b2c3d-0000-0000-0000-000000000000",
      pointInTimeRecovery: true,
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/inbox",
      alarmEmail: "someone@example.com",
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-0000-0000-000000000000",
    });
    expect(findings(resources)).toEqual([]);
  },
);

test("also where no provider is configured", async () => {
  const { resources } = await runProgram({ providers: [] });
  expect(findings(resources)).toEqual([]);
});

test("also with the longest names that the configuration takes", async () => {
  const { resources } = await runProgram({
    serviceName: "a".repeat(20),
    environmentSuffix: "b".repeat(16),
    alarmEmail: "someone@example.com",
    providers: [{ name: "c".repeat(17), scheme: "stripe", secret: secret("stripe") }],
  });
  expect(findings(resources)).toEqual([]);
});

/** One resource of the type, with a fault put into its inputs. */
function planted(type: string, fault: Readonly<Record<string, unknown>>): string[] {
  const resource = program.all(type)[0];
  if (!resource) throw new Error(`no ${type} in the program`);
  return findings([{ ...resource, inputs: { ...resource.inputs, ...fault } }]);
}

test.each([
  [
    "a name that is too long",
    "aws:iam/role:Role",
    { name: "r".repeat(65) },
    "65 characters above the most, 64",
  ],
  [
    "a character that AWS does not take",
    "aws:cloudwatch/logGroup:LogGroup",
    { name: "a b" },
    "does not match",
  ],
  ["a value that is none of AWS's", "aws:lambda/function:Function", { runtime: "nodejs99.x" }, "is none of"],
  ["a number out of its range", "aws:lambda/function:Function", { memorySize: 64 }, "below the least, 128"],
  ["an input that no call takes", "aws:sqs/queue:Queue", { colour: "red" }, "colour has no place"],
  [
    "a nested input that no call takes",
    "aws:dynamodb/table:Table",
    { ttl: { attributeName: "a", enabled: true, colour: "red" } },
    "ttl.colour has no place",
  ],
  ["a type that is another", "aws:lambda/function:Function", { memorySize: "256" }, "integer expected"],
  [
    "a required member that is not there",
    "aws:apigateway/method:Method",
    { httpMethod: undefined },
    "required",
  ],
  [
    "a limit that AWS states in words only",
    "aws:sqs/queue:Queue",
    { visibilityTimeoutSeconds: 43_201 },
    "43201 is not from 0 to 43200",
  ],
  [
    "a dashboard's widget without metrics",
    "aws:cloudwatch/dashboard:Dashboard",
    { dashboardBody: JSON.stringify({ widgets: [{ type: "metric", properties: { metrics: [] } }] }) },
    "a metric widget without metrics",
  ],
])("finds %s", (_, type, fault, expected) => {
  expect(planted(type, fault)[0]).toContain(expected);
});

test("finds a type of resource that it knows no call of", () => {
  const inputs = { name: "x" };
  expect(findings([{ type: "aws:ec2/vpc:Vpc", name: "net", inputs }])).toEqual([
    expect.stringContaining("aws:ec2/vpc:Vpc net: this type is not in"),
  ]);
});
