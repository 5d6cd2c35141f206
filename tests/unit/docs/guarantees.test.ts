import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const oneLine = (text: string) => text.replace(/\s+/g, " ");

/** Each `file › name of a test` of the document. */
const references = [
  ...oneLine(readFileSync(join(ROOT, "docs/guarantees.md"), "utf8")).matchAll(/`([\w/-]+) › ([^`]+)`/g),
].map(([, file = "", name = ""]): [string, string] => [file, name]);

test("every row of a table but the commands names a test", () => {
  const rows = readFileSync(join(ROOT, "docs/guarantees.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\| (-|`npm|command|crash after|limit)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !row.includes(" › "))).toEqual([]);
});

test.each(references)("docs/guarantees.md names a test that exists: %s › %s", (file, name) => {
  const path = join(ROOT, "tests", `${file}.test.ts`);
  expect(existsSync(path)).toBe(true);
  expect(oneLine(readFileSync(path, "utf8"))).toContain(name);
});
