import { runProgram, statements, type Declared, type Program } from "../../support/program";

const OTHER_ROLE = "arn:aws:iam::210987654321:role/deployer";

let program: Program;
beforeAll(async () => {
  const file = "examples/cross-account/index.ts";
  program = await runProgram({ consumerRoleArn: OTHER_ROLE }, { program: file });
}, 60_000);

const isInOtherAccount = ({ hasProvider }: Declared) => hasProvider;
const named = ({ type, name }: Declared) => `${type.split(":").at(-1)} ${name}`;
const otherBusArn = () =>
  program.one("aws:cloudwatch/eventBus:EventBus", "webhooks").inputs["name"] as string;

test("the bus, its policy, the queue and what fills it are in the other account, and nothing else", () => {
  expect(program.resources.filter(isInOtherAccount).map(named).sort()).toEqual([
    "EventBus webhooks",
    "EventBusPolicy webhooks",
    "EventRule stripe-queue",
    "EventTarget stripe-queue",
    "Queue stripe",
    "QueuePolicy stripe-queue",
  ]);
});

test("the other account's bus takes Stripe's events from the inbox's account, and nothing else", () => {
  const { inputs } = program.one("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "webhooks");
  expect(statements(inputs["policy"])).toEqual([
    expect.objectContaining({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "events:PutEvents",
      Condition: { "ForAllValues:StringEquals": { "events:source": ["webhook.stripe"] } },
    }),
  ]);
});

test("a rule of the inbox's bus hands the events over, by a role that may do that alone", () => {
  const target = program.one("aws:cloudwatch/eventTarget:EventTarget", "stripe").inputs;
  const rule = program.one("aws:cloudwatch/eventRule:EventRule", "stripe").inputs;
  const [may, ...more] = statements(
    program.one("aws:iam/rolePolicy:RolePolicy", "forwarder").inputs["policy"],
  );
  expect(JSON.parse(rule["eventPattern"] as string)).toEqual({ source: ["webhook.stripe"] });
  expect(target).toMatchObject({ eventBusName: rule["eventBusName"], arn: may?.Resource });
  expect(target["roleArn"]).toMatch(/forwarder$/);
  expect(target["deadLetterConfig"]).toBeDefined();
  expect({ may, more }).toMatchObject({ may: { Action: "events:PutEvents" }, more: [] });
  expect(may?.Resource).toContain(otherBusArn());
});

test("the other account may read Stripe's payloads, and no other object", () => {
  const { inputs } = program.one("aws:iam/rolePolicy:RolePolicy", "payloads");
  expect(statements(inputs["policy"])).toEqual([
    {
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: expect.stringMatching(/\/raw\/stripe\/\*$/) as string,
    },
  ]);
});
