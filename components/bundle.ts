import { build, type Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ConfiguredScheme } from "../providers";
import { configuredSenders } from "./senders-module";

const ROOT = join(__dirname, "..");

/**
 * Returns a function's code as one minified file. The same sources give the same bytes, so that an unchanged program shows no
 * change in `pulumi up`.
 * @param entry source file, relative to the project
 * @param define identifiers to replace by values
 * @param schemes the signature schemes that the code needs; other built-in ones are left out
 */
export async function bundleFunction(
  entry: string,
  define: Readonly<Record<string, unknown>> = {},
  schemes: readonly ConfiguredScheme[] = [],
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
    // Prefer ES modules: only they can be tree-shaken.
    mainFields: ["module", "main"],
    legalComments: "none",
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    alias: {
      // Replace the SDK's default, which looks for credentials in six places: in Lambda they are always in the
      // environment (saves 95 KB).
      "@aws-sdk/credential-provider-node": "./functions/adapters/environment-credentials.ts",
      "@smithy/core/event-streams": "./functions/adapters/no-event-streams.ts",
    },
    plugins: [onlySenders(schemes.filter((scheme) => typeof scheme === "string")), onlyVersions],
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild gave no bundle for ${entry}`);
  return file.text;
}

/** Source file that lists all providers. Resolved by Node, so that the build fails if the file is moved. */
const SENDERS = require.resolve("../providers/senders/index.ts");

/** Replaces the list of all providers by the configured ones: a hundred would add 50 KB to each cold start. */
function onlySenders(schemes: readonly string[]): Plugin {
  return {
    name: "only-senders",
    setup({ onLoad }) {
      onLoad({ filter: /index\.ts$/ }, ({ path }) =>
        path === SENDERS
          ? { contents: configuredSenders(schemes), loader: "ts", resolveDir: dirname(SENDERS) }
          : undefined,
      );
    },
  };
}

/** Reduces the package.json that each SDK client imports to the version, the only part that the client reads. */
const onlyVersions: Plugin = {
  name: "only-versions",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/][a-z-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
