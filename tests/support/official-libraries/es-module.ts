import { buildSync } from "esbuild";
import Module from "node:module";

/** Loads a package that is only an ES module, which jest's own `require` cannot load: bundles it to CommonJS first. */
export function esModule<T>(name: string): T {
  const { outputFiles } = buildSync({
    stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: __dirname },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const [output] = outputFiles;
  if (!output) throw new Error("esbuild made no output");
  const loaded = new Module(name) as Module & { _compile(code: string, file: string): void };
  loaded._compile(output.text, `${name.replace(/\W/g, "-")}.cjs`);
  return loaded.exports as T;
}
