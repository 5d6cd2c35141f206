import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The console's own files by name, with their media types. */
export type Assets = ReadonlyMap<string, { readonly text: string; readonly type: string }>;

/** Reads the style sheet and the icon, and bundles the client's script, so that pages load nothing from elsewhere. */
export async function assets(): Promise<Assets> {
  const [css, icon, script] = await Promise.all([
    readFile(join(__dirname, "console.css"), "utf8"),
    readFile(join(__dirname, "icon.svg"), "utf8"),
    build({
      entryPoints: [join(__dirname, "client/index.ts")],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      logLevel: "silent",
    }),
  ]);
  return new Map([
    ["console.css", { text: css, type: "text/css; charset=utf-8" }],
    ["icon.svg", { text: icon, type: "image/svg+xml" }],
    ["console.js", { text: script.outputFiles[0]?.text ?? "", type: "text/javascript; charset=utf-8" }],
  ]);
}
