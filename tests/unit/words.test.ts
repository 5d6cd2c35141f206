import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALLOWED, BANNED, CHECKED } from "./words";

const root = join(__dirname, "../..");

/** Returns the checked lines, with their file and number. */
function lines() {
  const files = execFileSync("git", ["ls-files", "--", ...CHECKED], { cwd: root, encoding: "utf8" });
  return files
    .trim()
    .split("\n")
    .flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .map((text, index) => ({ file, text, at: `${file}:${index + 1}` })),
    );
}

const isAllowed = (line: { file: string; text: string }) =>
  ALLOWED.some(({ file, text }) => file === line.file && line.text.includes(text));

test.each(BANNED)("no line contains %s; it says: %s", (word) => {
  const found = lines().filter((line) => word.test(line.text) && !isAllowed(line));
  expect(found.map(({ at, text }) => `${at} ${text.trim()}`)).toEqual([]);
});
