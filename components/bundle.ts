import { build, type Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Scheme } from "../providers";
import * as custom from "../providers/senders";
import { families } from "../providers/registry";

const ROOT = join(__dirname, "..");

/**
 * A function's code as one minified file. The same sources give the same bytes, so that an unchanged program shows no
 * change in `pulumi up`.
 * @param entry source file, relative to the project
 * @param define identifiers to replace by values
 * @param schemes ids of the signature schemes that the code needs; the others are left out
 */
export async function bundleFunction(
  entry: string,
  define: Readonly<Record<string, unknown>> = {},
  schemes: readonly string[] = [],
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
    alias: {
      // The SDK's default looks in six places for credentials; in Lambda they are always in the environment (saves 95 KB).
      "@aws-sdk/credential-provider-node": "./functions/adapters/environment-credentials.ts",
      "@smithy/core/event-streams": "./functions/adapters/no-event-streams.ts",
    },
    plugins: [onlySchemes(new Set(schemes)), onlyVersions],
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild gave no bundle for ${entry}`);
  return file.text;
}

/**
 * Leaves only the configured schemes in their families, and of those only what a function reads: a hundred senders
 * would add 50 KB to each cold start.
 */
function onlySchemes(ids: ReadonlySet<string>): Plugin {
  return {
    name: "only-schemes",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]providers[\\/]recipes[\\/][a-z-]+\.ts$/ }, ({ path }) => {
        const family = families[basename(path, ".ts")];
        if (!family) return undefined;
        const lines = Object.entries(family)
          .filter(([, { id }]) => ids.has(id))
          .map(([name, scheme]) => `export const ${name} = ${JSON.stringify(atRuntime(scheme))};`);
        return { contents: ["export {};", ...lines].join("\n"), loader: "js" };
      });
      // Code is taken by its name; esbuild leaves out the files that nobody names.
      onLoad({ filter: /[\\/]providers[\\/]senders[\\/]index\.ts$/ }, () => {
        const named = Object.entries(custom).flatMap(([name, { id }]) => (ids.has(id) ? [name] : []));
        return { contents: `export { ${named.join(", ")} } from "./all";`, loader: "js" };
      });
    },
  };
}

/** Of the whole package.json that each SDK client takes into the bundle it reads the version. */
const onlyVersions: Plugin = {
  name: "only-versions",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/][a-z-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** What is read of a scheme while requests come in; `undefined` leaves no trace in JSON. */
function atRuntime(scheme: Scheme): object {
  return { ...scheme, setup: undefined, docs: undefined };
}
