import { buildSync } from "esbuild";
import { chmodSync, renameSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../../local/paths";

const FILE = join(CACHE, "webhooks.js");

/**
 * Returns a file with the whole command line, made once in each process of jest: from its sources it takes a second
 * longer to start. The file is in a folder of the project, since it searches for the project from there.
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
  // Replace the file by a rename: other processes may be running it.
  renameSync(own, FILE);
  return FILE;
}
