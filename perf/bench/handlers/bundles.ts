import { build } from "esbuild";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction } from "../../../components/bundle";
import { CACHE, ROOT } from "../../../local/paths";
import { PROVIDERS } from "./request";

/** Returns the ingestion function as it is deployed, and the plain handler as esbuild bundles it without options. */
export async function makeBundles(): Promise<{ readonly own: string; readonly naive: string }> {
  const folder = join(CACHE, "bench");
  mkdirSync(folder, { recursive: true });
  const own = join(folder, "own.js");
  const naive = join(folder, "naive.js");
  writeFileSync(
    own,
    await bundleFunction(
      "functions/ingest/index.ts",
      { PROVIDERS },
      PROVIDERS.map(({ scheme }) => scheme),
    ),
  );
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["perf/bench/handlers/sequential.ts"],
    outfile: naive,
    bundle: true,
    platform: "node",
  });
  return { own, naive };
}
