import { buildSync, type BuildOptions } from "esbuild";
import Module from "node:module";

/** Returns code as it runs in Lambda: minified, and without what the TypeScript runner adds to every function. */
export function asDeployed(source: Pick<BuildOptions, "entryPoints" | "stdin">): unknown {
  const options = { bundle: true, minify: true, platform: "node", format: "cjs", write: false } as const;
  const { outputFiles } = buildSync({ ...source, ...options });
  const loaded = new Module("deployed") as Module & { _compile(code: string, file: string): void };
  loaded._compile(outputFiles[0]?.text ?? "", "deployed.cjs");
  return loaded.exports;
}
