import { cpSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { CACHE, ROOT } from "../local/paths";
import type { Bench } from "./figure";
import { timeDemo } from "./handlers/demo";

/** What a fresh clone does not have. */
const NOT_COPIED = new Set([".cache", ".git", "node_modules"]);

export const name = "demo-cold";
export const title = "the same with an empty cache: the local AWS and Node 24 are fetched first";
export const unit = "s";

/** Once whatever the number of rounds: it goes to the package registries. */
export async function measure({ step }: Bench): Promise<readonly number[]> {
  step("demo in a copy of the project with an empty cache");
  mkdirSync(CACHE, { recursive: true });
  const copy = mkdtempSync(join(CACHE, "bench-cold-"));
  try {
    const filter = (source: string) => !NOT_COPIED.has(basename(source));
    for (const entry of ["bench", "components", "functions", "local", "providers", "statemachines", "tests"])
      cpSync(join(ROOT, entry), join(copy, entry), { recursive: true, filter });
    for (const file of [
      "index.ts",
      "aws-limits.ts",
      "config",
      "package.json",
      "tsconfig.json",
      "Pulumi.yaml",
      "Pulumi.local.yaml",
    ])
      cpSync(join(ROOT, file), join(copy, file));
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    return [await timeDemo(copy)];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
