import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE } from "../paths";
import { once } from "./once";
import { fetchFailed, run, works } from "./run";

/** The image for machines without Python; the version is that of requirements.txt. */
export const DOCKER_IMAGE = "ministackorg/ministack:1.5.33";

/** Gives uv a cache of the project's own: the usual one is in a home, or at `UV_CACHE_DIR`, which may not be writable. */
const UV_CACHE = ["--cache-dir", join(CACHE, "uv")];

const REQUIREMENTS = join(__dirname, "requirements.txt");

/** How the emulator is run: as a program of a virtual environment, or as a container. */
export type MiniStack = { readonly python: string } | { readonly docker: string };

const NOTHING_TO_RUN_IT = `The local AWS (MiniStack) needs one of these, and none was found:
  - uv                 https://docs.astral.sh/uv/
  - Python 3.10 or later with the venv module (on Debian and Ubuntu: apt install python3 python3-venv)
  - Docker, with its daemon running`;

/**
 * Installs MiniStack into a virtual environment of the project's own, with every file checked against its hash.
 * @throws with what to install if none of uv, Python and Docker is there
 */
export async function installMiniStack(onStep: (step: string) => void): Promise<MiniStack> {
  const venv = await virtualEnvironmentMaker();
  if (!venv) {
    if (await works("docker", ["info"])) return { docker: DOCKER_IMAGE };
    throw new Error(NOTHING_TO_RUN_IT);
  }
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = await once(`ministack-${hash}`, async (making) => {
    onStep("installing the local AWS (MiniStack), once");
    await venv(making).catch((error: unknown) => {
      throw fetchFailed("The local AWS (MiniStack)", error);
    });
  });
  return { python: pythonOf(folder) };
}

/**
 * Folder with the models of AWS's APIs: those of botocore, which the emulator needs and requirements.txt pins by hash.
 * @returns a folder with `<service>/<API version>/service-2.json.gz` for each service
 * @throws if the emulator runs in a container, whose files are not at hand
 */
export async function apiModelsFolder(): Promise<string> {
  const ministack = await installMiniStack(() => undefined);
  if (!("python" in ministack)) throw new Error("AWS's API models need Python 3.10 or later, or uv.");
  const script = "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))";
  return (await run(ministack.python, ["-c", script])).trim();
}

const pythonOf = (venv: string) =>
  process.platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");

async function virtualEnvironmentMaker(): Promise<((folder: string) => Promise<void>) | undefined> {
  if (await works("uv", ["--version"])) {
    return async (folder) => {
      await run("uv", ["venv", "--quiet", ...UV_CACHE, "--python", ">=3.10", folder]);
      await run("uv", [
        "pip",
        "install",
        "--quiet",
        ...UV_CACHE,
        "--python",
        pythonOf(folder),
        "--require-hashes",
        "-r",
        REQUIREMENTS,
      ]);
    };
  }
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  for (const python of ["python3", "python"]) {
    if (!(await works(python, ["-c", check]))) continue;
    return async (folder) => {
      await run(python, ["-m", "venv", folder]);
      await run(pythonOf(folder), [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries=1",
        "--require-hashes",
        "-r",
        REQUIREMENTS,
      ]);
    };
  }
  return undefined;
}
