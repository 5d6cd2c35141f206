import { buildSync } from "esbuild";
import { chmodSync, renameSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../../local/paths";

const FILE = join(CACHE, "webhooks.js");

/**
 * Returns a file with the whole command line, made once in each of jest's processes: run from its sources it takes a second
 * longer to start. In a folder of the project, which it looks for from there.
 */
export function webhooks(): string {
  const made = shared.texts.get(FILE) ?? make();
  shared.texts.set(FILE, made);
  return made;
}

function make(): string {
  const own = `${FILE}.${process.pid}`;
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["cli/index.ts"],
    outfile: own,
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external: ["esbuild"],
    banner: { js: "#!/usr/bin/env node" },
    logOverride: { "require-resolve-not-external": "silent" },
  });
  chmodSync(own, 0o755);
  // Other processes may be running it.
  renameSync(own, FILE);
  return FILE;
}
