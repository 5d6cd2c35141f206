import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CACHE } from "../paths";
import { fetchFailed, run } from "./run";

/** An npm package that is not a dependency of the project, at the version that was reviewed. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** `dist.integrity` of the registry's metadata: sha512 in base64. `npm view <name>@<version> dist.integrity` prints it. */
  readonly integrity: string;
}

/**
 * Fetches a package from the npm registry, as npm is configured, and checks its hash. Does not run any of its code.
 * @param folder where its archive is put
 * @returns the archive's path
 * @throws Error that names the cause, also if the hash differs
 */
export async function fetchPackage(
  { name, version, integrity }: PinnedPackage,
  folder: string,
): Promise<string> {
  const spec = `${name}@${version}`;
  // Use the project's own cache: the usual one is in a home directory, which may not exist or belong to another user.
  const options = ["--cache", join(CACHE, "npm"), "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000"];
  const args = ["pack", spec, "--json", "--loglevel", "error", "--pack-destination", folder, ...options];
  const output = await npm(args).catch((error: unknown) => {
    throw fetchFailed(`The npm package ${spec}`, error);
  });
  const [packed] = JSON.parse(output.slice(output.indexOf("["))) as { filename: string }[];
  // Replace the slash: older versions of npm report it in the name of a scoped package's archive.
  const archive = join(folder, basename((packed?.filename ?? "").replace(/^@([^/]+)\//, "$1-")));
  const found = `sha512-${createHash("sha512")
    .update(await readFile(archive))
    .digest("base64")}`;
  if (found !== integrity) {
    throw new Error(`${spec} is not the package that was looked at: its hash is ${found}, not ${integrity}.`);
  }
  return archive;
}

/** Runs the npm that runs this process, the only way that needs no shell on Windows, or the one on the PATH. */
function npm(args: readonly string[]): Promise<string> {
  const script = process.env["npm_execpath"];
  return script && basename(script) === "npm-cli.js"
    ? run(process.execPath, [script, ...args])
    : run("npm", args);
}
