// Compiles what the npm package exports and its command to dist/, run by `npm pack`. One file each, directly in dist/, so that
// `..` is the package's folder from there as it is from the sources' folders: the functions are bundled from their sources.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");

rmSync(join(root, "dist"), { recursive: true, force: true });
const options = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
};
await build({
  ...options,
  entryPoints: {
    components: "components/index.ts",
    providers: "providers/index.ts",
    webhooks: "cli/index.ts",
  },
  packages: "external",
  // Of the file that lists all providers it needs the path only.
  logOverride: { "require-resolve-not-external": "silent" },
});
// With the part of zod that it needs: as a package of its own, a function of the user's would load all of it.
await build({ ...options, entryPoints: { consumer: "consumer/index.ts" }, external: ["@aws-sdk/*"] });
const tsc = join(root, "node_modules/typescript-7/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", here], { stdio: "inherit" });
