import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CHROMIUM } from "../../../local/install/chromium";
import { NODE_24 } from "../../../local/install/node24";
import { fetchPackage } from "../../../local/install/package";

let folder: string;
const { PATH, npm_execpath: execPath } = process.env;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "install-"));
  delete process.env["npm_execpath"];
  process.env["PATH"] = [folder, PATH].join(delimiter);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env["PATH"] = PATH;
  if (execPath !== undefined) process.env["npm_execpath"] = execPath;
});

/** Stands in for npm: a script of the shell. */
function npmIs(script: string): void {
  writeFileSync(join(folder, "npm"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "npm"), 0o755);
}
const PINNED = { name: "@scope/thing", version: "1.0.0", integrity: "sha512-other" };

test.each(Object.values({ ...NODE_24, CHROMIUM }))(
  "$name is pinned by its version and its hash",
  (pinned) => {
    expect(pinned.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pinned.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  },
);

test("a package whose hash is another one is rejected", async () => {
  npmIs(`echo changed > ${folder}/thing.tgz; echo '[{"filename": "thing.tgz"}]'`);
  await expect(fetchPackage(PINNED, folder)).rejects.toThrow(/@scope\/thing@1\.0\.0 is not the package/);
});

test("the one with its hash is taken, with a cache of the project's own", async () => {
  npmIs(`printf text > ${folder}/thing.tgz; echo "$@" > ${folder}/args; echo '[{"filename": "thing.tgz"}]'`);
  const integrity = `sha512-${createHash("sha512").update("text").digest("base64")}`;
  expect(await fetchPackage({ ...PINNED, integrity }, folder)).toBe(join(folder, "thing.tgz"));
  expect(readFileSync(join(folder, "args"), "utf8")).toMatch(/--cache \S+\/\.cache\/npm/);
});

test.each([
  ["npm error code EACCES\nnpm error path /nonexistent/.npm", /could not be fetched\.\n[^]*EACCES/],
  ["npm error code E404", /could not be fetched\.\n[^]*E404/],
  ["npm error code ENOTFOUND", /Is this machine offline\?[^]*ENOTFOUND/],
  ["npm error network request failed, reason: connect ECONNREFUSED 127.0.0.1:9", /offline\?/],
])("an error of npm is reported with its real cause: %j", async (output, message) => {
  npmIs(`printf '${output.replaceAll("\n", "\\n")}' >&2; exit 1`);
  await expect(fetchPackage(PINNED, folder)).rejects.toThrow(message);
});
