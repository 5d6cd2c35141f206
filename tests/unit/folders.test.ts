import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { preProcessFile } from "typescript";

/* Reads imports with TypeScript's own scanner, which is there: types count as much as values, and `require` as `import`. */

const ROOT = join(__dirname, "../..");
const SKIPPED = new Set(["node_modules", "coverage"]);

const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory())
      return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : filesOf(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
const files = new Set(filesOf(""));

/** Folder at the top that a file is in; a file at the top stands for itself, and so does each folder of tests/. */
const topOf = (file: string) =>
  file
    .split("/")
    .slice(0, file.startsWith("tests/") ? 2 : 1)
    .join("/");

/** The project's file that an import means; undefined for packages. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  const index = path === "." ? "index.ts" : `${path}/index.ts`;
  return [path, `${path}.ts`, `${path}.tsx`, index].find((file) => files.has(file));
}

/** For each folder, the ones that it imports and a file that does. */
function importsOf(from: Iterable<string>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const graph = new Map<string, Map<string, string>>();
  for (const file of from) {
    const { importedFiles } = preProcessFile(readFileSync(join(ROOT, file), "utf8"), true, true);
    for (const { fileName } of importedFiles) {
      const imported = target(file, fileName);
      if (imported === undefined || topOf(imported) === topOf(file)) continue;
      const edges = graph.get(topOf(file)) ?? new Map<string, string>();
      graph.set(topOf(file), edges.set(topOf(imported), `${file} imports ${imported}`));
    }
  }
  return graph;
}

/** The imports of a way from a folder back to itself; undefined if there is none. */
function circleFrom(
  start: string,
  graph: ReturnType<typeof importsOf>,
  at = start,
  seen = new Set<string>(),
): readonly string[] | undefined {
  for (const [next, reason] of graph.get(at) ?? []) {
    if (next === start) return [reason];
    if (seen.has(next)) continue;
    seen.add(next);
    const rest = circleFrom(start, graph, next, seen);
    if (rest) return [reason, ...rest];
  }
  return undefined;
}

describe("folders at the top", () => {
  const graph = importsOf(files);

  test("are read with their imports", () => {
    expect([...(graph.get("cli")?.keys() ?? [])]).toEqual(expect.arrayContaining(["inbox", "terminal"]));
    expect([...(graph.get("local")?.keys() ?? [])]).toContain("index.ts");
  });

  test.each([...graph.keys()])("import each other in no circle: %s", (folder) => {
    expect(circleFrom(folder, graph)).toBeUndefined();
  });
});
