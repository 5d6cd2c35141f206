import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { once } from "./once";
import { fetchPackage, type PinnedPackage } from "./package";
import { run } from "./run";

/** A headless Chromium with the libraries that a minimal Linux lacks; for x64 only. */
export const CHROMIUM: PinnedPackage = {
  name: "@sparticuz/chromium",
  version: "153.0.0",
  integrity:
    "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
};

/** A program, and the environment variables that it needs. */
export interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Whether {@link installChromium} has a browser for this machine. */
export const hasChromium = process.platform === "linux" && process.arch === "x64";

/** Archives of the package with libraries and fonts, without those for 3D. */
const ARCHIVES = ["al2023", "fonts"];

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Fetches Chromium into the project's cache, at the first time. Installs nothing into the system. */
export async function installChromium(): Promise<Program> {
  const folder = await once(`chromium-${CHROMIUM.version}`, async (making) => {
    await mkdir(making, { recursive: true });
    const archive = await fetchPackage(CHROMIUM, making);
    await run("tar", ["-xzf", archive, "-C", making, "package/bin"]);
    const packed = (name: string) => join(making, "package", "bin", name);
    await writeFile(join(making, "chromium"), await inflated(packed("chromium.br")), { mode: 0o755 });
    for (const name of ARCHIVES) {
      const tar = packed(`${name}.tar`);
      await writeFile(tar, await inflated(`${tar}.br`));
      await run("tar", ["-xf", tar, "-C", making]);
    }
    // Write our own configuration: the package's names the folders of Lambda.
    await writeFile(join(making, "fonts.conf"), FONTS);
    await rm(join(making, "package"), { recursive: true });
    await rm(archive);
  });
  return {
    path: join(folder, "chromium"),
    env: { LD_LIBRARY_PATH: join(folder, "lib"), FONTCONFIG_PATH: folder },
  };
}

const inflated = async (file: string) => promisify(brotliDecompress)(await readFile(file));
