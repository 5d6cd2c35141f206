import { build, type Plugin } from "esbuild";
import { join } from "node:path";

const ROOT = join(__dirname, "..");

/**
 * A function's code as one minified file. The same sources give the same bytes, so that an unchanged program shows no
 * change in `pulumi up`.
 * @param entry source file, relative to the project
 * @param define identifiers to replace by values
 * @param plugins of esbuild
 */
export async function bundleFunction(
  entry: string,
  define: Readonly<Record<string, unknown>> = {},
  plugins: Plugin[] = [],
): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "cjs",
    // ES modules first: only they can be tree-shaken.
    mainFields: ["module", "main"],
    legalComments: "none",
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    // The SDK's default looks in six places for credentials; in Lambda they are always in the environment (saves 95 KB).
    alias: { "@aws-sdk/credential-provider-node": "./functions/adapters/environment-credentials.ts" },
    plugins,
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild gave no bundle for ${entry}`);
  return file.text;
}
