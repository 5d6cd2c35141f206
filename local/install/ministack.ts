import { join } from "node:path";
import { NEEDED, programOf, pythonEnvironment } from "./python";
import { run, works } from "./run";

/** Image for machines without Python. Its version is the one in requirements.txt. */
export const DOCKER_IMAGE = "ministackorg/ministack:1.5.33";

const MINISTACK = {
  name: "ministack",
  title: "the local AWS (MiniStack)",
  requirements: join(__dirname, "requirements.txt"),
};

/** Where MiniStack is installed: the Python of a virtual environment, or a container image. */
export type MiniStack = { readonly python: string } | { readonly docker: string };

const NOTHING_TO_RUN_IT = `The local AWS (MiniStack) needs one of these, and none was found:
${NEEDED}
  - Docker, with its daemon running`;

/**
 * Installs MiniStack into the project's own virtual environment, with every file checked against its hash. Falls back
 * to Docker.
 * @throws saying what to install if none of uv, Python and Docker is available
 */
export async function installMiniStack(onStep: (step: string) => void): Promise<MiniStack> {
  const environment = await pythonEnvironment(MINISTACK, onStep);
  if (environment !== undefined) return { python: programOf(environment, "python") };
  if (await works("docker", ["info"])) return { docker: DOCKER_IMAGE };
  throw new Error(NOTHING_TO_RUN_IT);
}

/**
 * Returns the folder with the models of AWS's APIs: those of botocore, which the emulator needs and requirements.txt
 * pins by hash.
 * @returns a folder with `<service>/<API version>/service-2.json.gz` for each service
 * @throws if the emulator runs in a container, whose files cannot be read from here
 */
export async function apiModelsFolder(): Promise<string> {
  const ministack = await installMiniStack(() => undefined);
  if (!("python" in ministack)) throw new Error("AWS's API models need Python 3.10 or later, or uv.");
  const script = "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))";
  return (await run(ministack.python, ["-c", script])).trim();
}
