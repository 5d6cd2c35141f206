import { cpSync, mkdtempSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../../local/paths";
import type { Bench } from "./figure";
import { timeDemo } from "./handlers/run-program";

/** Files and folders that a fresh clone does not have. */
const NOT_COPIED = new Set([".cache", ".git", "dist", "node_modules"]);

export const name = "demo-cold";
export const title = "the same with an empty cache: the local AWS and Node 24 are fetched first";
export const unit = "s";

/** Measures once, whatever the number of rounds, since it downloads from the package registries. */
export async function measure({ step }: Bench): Promise<readonly number[]> {
  step("demo in a copy of the project with an empty cache");
  mkdirSync(CACHE, { recursive: true });
  const copy = mkdtempSync(join(CACHE, "bench-cold-"));
  try {
    const entries = readdirSync(ROOT).filter((entry) => !NOT_COPIED.has(entry));
    for (const entry of entries) cpSync(join(ROOT, entry), join(copy, entry), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    return [await timeDemo(copy)];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
