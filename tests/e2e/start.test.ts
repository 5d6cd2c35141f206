import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../../local/paths";
import { until } from "../helpers/until";

jest.setTimeout(60_000);

const TSX = join(ROOT, "node_modules/tsx/dist/loader.mjs");

/** Folders of emulators that run; each is removed with the last process of its emulator. */
const runFolders = (pid: number | undefined) =>
  readdirSync(CACHE).filter((name) => name.startsWith(`run-${pid}-`));

test.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])(
  "npm start, ended by %s, says nothing of an error, ends with 130 and leaves nothing behind",
  async (signal) => {
    const child = spawn(process.execPath, ["--import", TSX, join(ROOT, "local/start.ts")], { cwd: ROOT });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const closed = once(child, "close");
    await until("the stack", () => Promise.resolve(stdout.includes("Ctrl-C")), 40_000);
    expect(runFolders(child.pid)).toHaveLength(1);

    child.kill(signal);
    expect(await closed).toEqual([130, null]);
    expect(stdout + stderr).not.toMatch(/ended by itself|error/i);
    await until("the emulator to be gone", () => Promise.resolve(runFolders(child.pid).length === 0));
  },
);

test.each([
  ["start", "--bogus"],
  ["demo", "--bogus"],
])(
  "npm run %s with an option that it does not know says so, prints its help and ends with 2",
  async (name, option) => {
    const child = spawn(process.execPath, ["--import", TSX, join(ROOT, `local/${name}.ts`), option], {
      cwd: ROOT,
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await once(child, "close")).toEqual([2, null]);
    expect(stderr).toContain("Unknown option '--bogus'");
    expect(stderr).toContain(`npm ${name === "start" ? "start" : "run demo"} [--`);
    expect(stderr).not.toMatch(/^ +at /m);
  },
);
