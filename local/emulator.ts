import { spawn, type ChildProcess } from "node:child_process";
import { once as nextEvent } from "node:events";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { installMiniStack, type MiniStack } from "./install/ministack";
import { node24Folder } from "./install/node24";
import { CACHE } from "./paths";

/** The account that everything in the emulator belongs to. */
export const ACCOUNT_ID = "000000000000";
export const REGION = "us-east-1";

/** Port of `npm start`'s stack, so that its URLs stay the same from one start to the next. */
export const USUAL_PORT = 4566;

const START_TIMEOUT_MS = 30_000;

/**
 * Access key of the emulator's root user. It changes with each start; `access.py` rejects keys that the emulator did
 * not make.
 */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Emulator {
  /** One address for all services. */
  readonly endpoint: string;
  /** Configuration with which AWS SDK clients reach it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: Credentials;
  };
  /** Process that runs the emulator; its `exit` event is the end of the emulator. */
  readonly process: ChildProcess;
  /** Ends the emulator and every function worker that it started, and resolves once none is left. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /**
   * Uses the usual port if it is free, so that URLs stay the same from one start to the next. @default false: any free
   * port
   */
  readonly preferUsualPort?: boolean;
  /** URL for the functions' AWS calls, for tests that put a proxy in between. @default the emulator's own */
  readonly functionsEndpoint?: string;
  readonly onStep?: (step: string) => void;
}

/** Starts a local AWS with IAM enforced, installing it at the first time. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const onStep = options.onStep ?? (() => undefined);
  // Install one after the other, so that a step that is shown as done really is.
  const node24 = await node24Folder(onStep);
  const program = await installMiniStack(onStep);
  const port = (options.preferUsualPort && (await freePort(USUAL_PORT))) || (await freePort(0));
  if (!port) throw new Error("no free port on 127.0.0.1");

  onStep("starting the local AWS");
  const folder = join(CACHE, `run-${process.pid}-${port}`);
  const credentials = {
    accessKeyId: `LOCAL${randomBytes(20).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  // Create the folder synchronously: a Ctrl-C before the guard starts, which removes it at the end, would leave it
  // behind.
  mkdirSync(join(folder, "tmp"), { recursive: true });
  const child = launch(program, port, folder, node24, credentials, options.functionsEndpoint);
  const log = createWriteStream(join(CACHE, "emulator.log"));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);

  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.stdin?.end();
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      await nextEvent(child, "exit");
    await groupGone(child.pid);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // A child without a pid could not be spawned; its `error` event says why.
    if (child.pid === undefined) {
      const [{ message }] = (await nextEvent(child, "error")) as [Error];
      throw new Error(`The local AWS could not be started: ${message}`);
    }
    await healthy(endpoint, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    process: child,
    client: { endpoint, region: REGION, credentials },
    stop,
  };
}

/**
 * Variables of the user's shell that the emulator and its functions get: those that any program needs to run, and the
 * location of the machine's certificates. No others, since most shells hold credentials.
 */
const INHERITED =
  /^(PATH|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|SystemRoot|windir|ComSpec|PATHEXT|TEMP|TMP)$/i;

/** Returns the variables of a shell that the functions may see. */
export function inheritedVariables(shell: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(shell).filter((entry): entry is [string, string] => INHERITED.test(entry[0])),
  );
}

function launch(
  program: MiniStack,
  port: number,
  folder: string,
  node24: string,
  { accessKeyId, secretAccessKey }: Credentials,
  functionsEndpoint: string | undefined,
): ChildProcess {
  const settings = {
    AUTH: "true",
    // Keys of the root user. The functions get the keys of their roles instead.
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    MINISTACK_ACCOUNT_ID: ACCOUNT_ID,
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: "127.0.0.1",
    LOG_LEVEL: "WARNING",
  };
  const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
  const access = join(__dirname, "access.py");
  if ("docker" in program) {
    // Run from the image's working directory, which has MiniStack. Pass variables by name: anyone can read a process's
    // arguments.
    const env = { ...settings, BIND_HOST: "0.0.0.0", PYTHONPATH: "." };
    const args = [
      ...["run", "--rm", "--interactive", "--init"],
      ...["-p", `127.0.0.1:${port}:${port}`, "-v", `${access}:/access.py:ro`],
      ...["cloudwatch_gaps", "eventbridge_gaps", "iam_gaps", "lambda_gaps", "step_functions_gaps"].flatMap(
        (gaps) => ["-v", `${join(__dirname, `${gaps}.py`)}:/${gaps}.py:ro`],
      ),
      ...Object.keys(env).flatMap((name) => ["-e", name]),
      ...["--entrypoint", "python", program.docker, "/access.py"],
    ];
    return spawn("docker", args, { stdio, detached: true, env: { ...process.env, ...env } });
  }
  const guard = join(__dirname, "guard.py");
  return spawn(program.python, [guard, folder, program.python, access], {
    stdio,
    // Its own process group, so that the guard can end all of its processes.
    detached: true,
    env: {
      ...inheritedVariables(process.env),
      ...settings,
      ...(functionsEndpoint !== undefined && { AWS_ENDPOINT_URL: functionsEndpoint }),
      PATH: [node24, process.env["PATH"]].join(delimiter),
      HOME: folder,
      TMPDIR: join(folder, "tmp"),
      STATE_DIR: join(folder, "state"),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
}

async function healthy(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The local AWS ended while it started; see ${join(CACHE, "emulator.log")}`);
    }
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error(`The local AWS did not start within ${START_TIMEOUT_MS} ms`);
    await pause(50);
  }
}

/** Waits until no process of the group is left. */
async function groupGone(groupId: number | undefined): Promise<void> {
  if (groupId === undefined || process.platform === "win32") return;
  for (let waited = 0; waited < 5_000; waited += 20) {
    try {
      process.kill(-groupId, 0);
    } catch {
      return;
    }
    await pause(20);
  }
  process.kill(-groupId, "SIGKILL");
}

/** Returns the port if it is free, or any free one for 0; undefined if the port is taken. */
async function freePort(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
