import { readFileSync } from "node:fs";
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import type * as deployer from "../../local/deployer";
import { ACCOUNT_ID, startEmulator, type Emulator } from "../../local/emulator";
import { needOf } from "../support/aws/called";
import { awsModels } from "../support/aws/model";
import { allowing, type Allowance } from "../support/aws/policy";
import { startFaultProxy, type FaultProxy, type Recorded } from "../support/fault-proxy";

jest.setTimeout(240_000);

const quiet = {
  environmentSuffix: "prod",
  alarmEmail: "operations@example.com",
  ingestReservedConcurrency: 10,
  providers: [],
  consumers: [{ name: "billing", queue: {} }],
};
let emulator: Emulator;
let proxy: FaultProxy;
/** What every deployment called. */
let called: readonly Recorded[];
beforeAll(async () => {
  [emulator, proxy] = await Promise.all([startEmulator(), startFaultProxy()]);
  proxy.forwardTo(emulator);
  called = proxy.record();
});
afterAll(() => Promise.all([emulator?.stop(), proxy?.close()]));

/** Deploys the program again, as a process of its own would. */
async function deployAnew(): Promise<string> {
  let deployed: Promise<unknown> = Promise.resolve();
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
    const { deploy } = require("../../local/deployer") as typeof deployer;
    const client = { ...emulator.client, endpoint: proxy.endpoint };
    deployed = deploy({ ...emulator, client }, quiet);
  });
  await deployed;
  const { Roles = [] } = await new IAMClient(emulator.client).send(new ListRolesCommand({}));
  const [name, ...more] = Roles.flatMap(({ RoleName = "" }) =>
    RoleName.includes("api-logs") ? [RoleName] : [],
  );
  if (name === undefined || more.length > 1) throw new Error(`${more.length + 1} log roles`);
  return name;
}

test("deploy, destroy, deploy again: the log role that stays is not in the way", async () => {
  const iam = new IAMClient(emulator.client);
  const first = await deployAnew();
  expect(first).toMatch(/^webhook-inbox-api-logs-prod-[0-9a-f]{7}$/);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: first }));
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: first }));
  expect(AttachedPolicies).toHaveLength(1);

  // What `pulumi destroy` leaves: the role, and the account's setting that names it.
  await destroyAllBut(first, String(Role?.AssumeRolePolicyDocument));
  await deployAnew();
  await expect(iam.send(new GetRoleCommand({ RoleName: first }))).resolves.toBeDefined();
});

test("what a deployment calls is what the role of examples/github-actions may do, on that resource", async () => {
  const models = await awsModels();
  const { Statement } = JSON.parse(readFileSync("examples/github-actions/policy.json", "utf8")) as {
    Statement: readonly Allowance[];
  };
  const needs = called.map(({ request }) => needOf(models, request));
  const denied = needs.flatMap(({ actions, arn }) => {
    const own = arn
      .replace("<Region>", "eu-central-1")
      .replace("<account>", "123456789012")
      .replace(ACCOUNT_ID, "123456789012");
    return actions
      .filter((action) => allowing(Statement, action, own).length === 0)
      .map((action) => [action, own]);
  });
  expect(denied).toEqual([]);
  expect(new Set(needs.flatMap(({ actions }) => actions)).size).toBeGreaterThan(30);
});

async function destroyAllBut(RoleName: string, trust: string): Promise<void> {
  // The emulator answers anyone who has its key; the signature does not matter to it.
  const key = emulator.client.credentials.accessKeyId;
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`;
  const reset = await fetch(`${emulator.endpoint}/_ministack/reset`, {
    method: "POST",
    headers: { authorization },
  });
  expect(reset.ok).toBe(true);
  await new IAMClient(emulator.client).send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: decodeURIComponent(trust) }),
  );
}
