import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALLOWED, BANNED, UNCHECKED } from "./words";

const root = join(__dirname, "../..");

interface Line {
  readonly file: string;
  readonly text: string;
  readonly at: string;
}

/** Every line of the repository's own text: code, tests, documents, configuration. */
const lines: readonly Line[] = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((file) => !UNCHECKED.some((pattern) => pattern.test(file)))
  .flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .map((text, index) => ({ file, text, at: `${file}:${index + 1}` })),
  );

const isAllowed = ({ file, text }: Line) =>
  ALLOWED.some((one) => one.file === file && text.includes(one.text));

test("code, tests and documents are read", () => {
  const read = new Set(lines.map(({ file }) => file));
  for (const file of ["README.md", "docs/cli.md", "components/alarm-rules.ts", "tests/unit/words.test.ts"])
    expect(read).toContain(file);
});

test.each(BANNED)("no line contains $word; it says: $instead", ({ word, files }) => {
  const found = lines.filter(
    (line) => word.test(line.text) && files?.test(line.file) !== false && !isAllowed(line),
  );
  expect(found.map(({ at, text }) => `${at} ${text.trim()}`)).toEqual([]);
});

test.each(ALLOWED)("$file still needs to be allowed $text: $reason", ({ file, text }) => {
  expect(lines.some((line) => line.file === file && line.text.includes(text))).toBe(true);
});
