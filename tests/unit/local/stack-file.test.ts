import { spawn } from "node:child_process";
import { once as event } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runningStack, type StackDescription } from "../../../inbox/local-stack";
import { claimStackFile } from "../../../local/stack-file";

const DESCRIPTION = {
  endpoint: "http://127.0.0.1:4566",
  credentials: { accessKeyId: "LOCALX", secretAccessKey: "s" },
  outputs: { api_endpoint: "http://127.0.0.1:4566/restapis/a/v1/_user_request_/webhook" },
  providers: {},
} as unknown as StackDescription;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-file-"));
  file = join(folder, "stack.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await event(child, "exit");
  return child.pid ?? 0;
}

test("shows others a stack once it runs, only to its user, and of none once it ended", () => {
  const claim = claimStackFile(file);
  expect(runningStack(file)).toBeUndefined();
  claim.describe(DESCRIPTION);
  expect(runningStack(file)).toMatchObject(DESCRIPTION);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  claim.release();
  expect([runningStack(file), existsSync(file)]).toEqual([undefined, false]);
});

test("a second stack is rejected with the first one's process and addresses, and leaves its file alone", () => {
  const first = claimStackFile(file);
  expect(() => claimStackFile(file)).toThrow(`is starting in this folder already (process ${process.pid})`);
  first.describe(DESCRIPTION);
  first.addConsole("http://127.0.0.1:4567/?token=t");
  const before = readFileSync(file, "utf8");
  for (const text of [`process ${process.pid}`, DESCRIPTION.outputs.api_endpoint, "4567/?token=t"]) {
    expect(() => claimStackFile(file)).toThrow(text);
  }
  expect(readFileSync(file, "utf8")).toBe(before);
  first.release();
});

test.each([
  ["of a process that is gone", async () => JSON.stringify({ ...DESCRIPTION, pid: await deadPid() })],
  ["that was cut off", () => Promise.resolve('{"pid": 1')],
])("a file %s is no running stack, and is replaced", async (_, contents) => {
  writeFileSync(file, await contents());
  expect(runningStack(file)).toBeUndefined();
  const claim = claimStackFile(file);
  claim.describe(DESCRIPTION);
  expect(runningStack(file)).toMatchObject({ pid: process.pid });
  claim.release();
});

test("a file that another process took over is not removed", () => {
  const claim = claimStackFile(file);
  const other = JSON.stringify({ ...DESCRIPTION, pid: process.ppid });
  writeFileSync(file, other);
  claim.release();
  expect(readFileSync(file, "utf8")).toBe(other);
});
