import { buildSync } from "esbuild";
import Module from "node:module";

/** The part of `@octokit/webhooks-methods` that is used here. */
interface OctokitMethods {
  sign(secret: string, payload: string): Promise<string>;
  verify(secret: string, payload: string, signature: string): Promise<boolean>;
}

/** Octokit's package is an ES module only, which jest's own `require` does not load: bundle it to CommonJS first. */
export function loadOctokit(): OctokitMethods {
  const { outputFiles } = buildSync({
    stdin: { contents: 'export * from "@octokit/webhooks-methods"', resolveDir: __dirname },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const [output] = outputFiles;
  if (!output) throw new Error("esbuild made no output");
  const loaded = new Module("octokit-webhooks-methods") as Module & {
    _compile(code: string, file: string): void;
  };
  loaded._compile(output.text, "octokit-webhooks-methods.cjs");
  return loaded.exports as OctokitMethods;
}
