import { spawn } from "node:child_process";
import { once as event } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "../../../local/install/once";

let cache: string;
beforeEach(() => (cache = mkdtempSync(join(tmpdir(), "once-"))));
afterEach(() => rmSync(cache, { recursive: true }));

test("two that want the same folder at once make it once, and both get it", async () => {
  let made = 0;
  const make = async (folder: string) => {
    made += 1;
    await mkdir(folder);
    await writeFile(join(folder, "whole"), String(made));
  };
  const folders = await Promise.all([1, 2, 3].map(() => once("thing-1", make, cache)));
  expect(new Set(folders)).toEqual(new Set([join(cache, "thing-1")]));
  expect([made, readFileSync(join(cache, "thing-1", "whole"), "utf8")]).toEqual([1, "1"]);
  expect(readdirSync(cache)).toEqual(["thing-1"]);
});

test("one that failed leaves nothing behind, and the next makes it", async () => {
  const failed = once("thing-1", () => Promise.reject(new Error("no network")), cache);
  await expect(failed).rejects.toThrow("no network");
  expect(readdirSync(cache)).toEqual([]);
  await once("thing-1", (folder) => mkdir(folder).then(() => undefined), cache);
  expect(existsSync(join(cache, "thing-1"))).toBe(true);
});

test("the lock of a process that was killed holds up nobody", async () => {
  const gone = spawn(process.execPath, ["-e", ""]);
  await event(gone, "exit");
  writeFileSync(join(cache, "thing-1.lock"), String(gone.pid));
  await once("thing-1", (folder) => mkdir(folder).then(() => undefined), cache);
  expect(readdirSync(cache)).toEqual(["thing-1"]);
});
