import * as pulumi from "@pulumi/pulumi";
import { startEmulator, type Emulator } from "../../local/emulator";
import { deploy } from "../../local/deployer";

jest.setTimeout(120_000);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator?.stop());

jest.mock("../../index", () => {
  class Unknown extends pulumi.CustomResource {
    constructor() {
      super("aws:moon/crater:Crater", "tycho", {});
    }
  }
  return { crater: new Unknown() };
});

test("a resource type that the local deployer does not know is named, and the deployment fails", async () => {
  await expect(deploy(emulator)).rejects.toThrow(
    "aws:moon/crater:Crater tycho: the local deployer does not know this type",
  );
});

test("stopping it leaves no process of its group", async () => {
  const other = await startEmulator();
  const group = -(other.process.pid ?? 0);
  expect(process.kill(group, 0)).toBe(true);
  await other.stop();
  expect(() => process.kill(group, 0)).toThrow("ESRCH");
});
