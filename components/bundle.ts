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
    // ES modules first: only they can be tree-shaken.
    mainFields: ["module", "main"],
    legalComments: "none",
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    alias: {
      // The SDK's default looks in six places for credentials; in Lambda they are always in the environment (saves 95 KB).
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

/** The source that lists all providers. A path that Node finds, so that moving the file cannot go unnoticed. */
const SENDERS = require.resolve("../providers/senders/index.ts");

/** Puts the configured providers in the place of all: a hundred would add 50 KB to each cold start. */
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
