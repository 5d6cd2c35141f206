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
  // A contract holds for the fakes and on the local AWS: its tests have a file of their own.
  const [path] = ["test", "contract"]
    .map((kind) => join(ROOT, "tests", `${file}.${kind}.ts`))
    .filter((one) => existsSync(one));
  expect(path).toBeDefined();
  expect(oneLine(readFileSync(path!, "utf8"))).toContain(name);
});
