import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE } from "../paths";
import { once } from "./once";
import { fetchFailed, run, works } from "./run";

/**
 * Options that give uv the project's own cache: the usual one, in a home directory or at `UV_CACHE_DIR`, may not be
 * writable.
 */
const UV_CACHE = ["--cache-dir", join(CACHE, "uv")];

/** What {@link pythonEnvironment} needs, as lines of an error message. */
export const NEEDED = `  - uv                 https://docs.astral.sh/uv/
  - Python 3.10 or later with the venv module (on Debian and Ubuntu: apt install python3 python3-venv)`;

/** Packages of PyPI. */
export interface Packages {
  /** Beginning of the name of the packages' folder in the cache. */
  readonly name: string;
  /** Description of the packages, for messages. */
  readonly title: string;
  /** File with the packages' versions and hashes. */
  readonly requirements: string;
}

/**
 * Installs packages into a virtual environment of the project, once, with every file checked against its hash.
 * @returns the environment's folder; undefined if neither uv nor Python is available
 * @throws Error that names the cause if they cannot be fetched
 */
export async function pythonEnvironment(
  { name, title, requirements }: Packages,
  onStep: (step: string) => void,
): Promise<string | undefined> {
  const make = await environmentMaker(requirements);
  if (!make) return undefined;
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return once(`${name}-${hash}`, async (making) => {
    onStep(`installing ${title}, once`);
    await make(making).catch((error: unknown) => {
      throw fetchFailed(`${title[0]?.toUpperCase()}${title.slice(1)}`, error);
    });
  });
}

/** Returns the path of a program in an environment. */
export const programOf = (environment: string, program: string) =>
  process.platform === "win32"
    ? join(environment, "Scripts", `${program}.exe`)
    : join(environment, "bin", program);

async function environmentMaker(
  requirements: string,
): Promise<((folder: string) => Promise<void>) | undefined> {
  const hashed = ["--require-hashes", "-r", requirements];
  if (await works("uv", ["--version"])) {
    return async (folder) => {
      await run("uv", ["venv", "--quiet", ...UV_CACHE, "--python", ">=3.10", folder]);
      const python = programOf(folder, "python");
      await run("uv", ["pip", "install", "--quiet", ...UV_CACHE, "--python", python, ...hashed]);
    };
  }
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  for (const python of ["python3", "python"]) {
    if (!(await works(python, ["-c", check]))) continue;
    return async (folder) => {
      await run(python, ["-m", "venv", folder]);
      const options = ["--quiet", "--disable-pip-version-check", "--retries=1"];
      await run(programOf(folder, "python"), ["-m", "pip", "install", ...options, ...hashed]);
    };
  }
  return undefined;
}
