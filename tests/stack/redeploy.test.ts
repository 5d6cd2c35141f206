import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import type * as deployer from "../../local/deployer";
import { startEmulator, type Emulator } from "../../local/emulator";

jest.setTimeout(240_000);

const quiet = { providers: [] };
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator?.stop());

/** Deploys the program again, as a process of its own would. */
async function deployAnew(): Promise<string> {
  let deployed: Promise<unknown> = Promise.resolve();
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
    const { deploy } = require("../../local/deployer") as typeof deployer;
    deployed = deploy(emulator, quiet);
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
  expect(first).toMatch(/^webhook-inbox-api-logs-local-[0-9a-f]{7}$/);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: first }));
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: first }));
  expect(AttachedPolicies).toHaveLength(1);

  // What `pulumi destroy` leaves: the role, and the account's setting that names it.
  await destroyAllBut(first, String(Role?.AssumeRolePolicyDocument));
  await deployAnew();
  await expect(iam.send(new GetRoleCommand({ RoleName: first }))).resolves.toBeDefined();
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
