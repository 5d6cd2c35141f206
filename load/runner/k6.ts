import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { once } from "../../local/install/once";
import { run, works } from "../../local/install/run";
import { CACHE, ROOT } from "../../local/paths";
import type { Kind } from "./plan";

/** What is installed if there is none. */
const VERSION = "1.8.1";

/** The first major version that runs TypeScript as it is. */
const LEAST_MAJOR = 1;

const HOW_TO_GET_IT = `k6 ${LEAST_MAJOR}.0 or later is needed and is not here. Any one of these will do:
- your package manager: https://grafana.com/docs/k6/latest/set-up/install-k6/
- Go on the PATH: then this command builds k6 ${VERSION} into .cache by itself, once, in some minutes`;

/**
 * Returns the k6 to run: the one on the PATH, else the one built into the cache, which is made where Go is there.
 * `K6_CACHE` names another folder to keep it in, for machines that throw the project away after each run.
 * @throws with how to get one
 */
export async function findK6(onStep: (step: string) => void): Promise<string> {
  const version = await run("k6", ["version"]).catch(() => "");
  if (Number(/v(\d+)\./.exec(version)?.[1] ?? 0) >= LEAST_MAJOR) return "k6";

  const folder = await once(
    `k6-${VERSION}`,
    async (making) => {
      if (!(await works("go", ["version"]))) throw new Error(HOW_TO_GET_IT);
      onStep(`building k6 ${VERSION} with Go, once`);
      mkdirSync(making, { recursive: true });
      await run("env", [`GOBIN=${making}`, "go", "install", `go.k6.io/k6@v${VERSION}`]);
    },
    process.env["K6_CACHE"] ?? CACHE,
  );
  return join(folder, "k6");
}

export interface K6Run {
  readonly k6: string;
  readonly kind: Kind;
  /** The plan's file. */
  readonly plan: string;
  /** Where the scripts' answers go, one line of JSON each. */
  readonly answers: string;
  /** Where k6's own report goes. */
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
    // Standard output is the runner's own, for --json.
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
