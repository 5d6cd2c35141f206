import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { claimStackFile } from "../../local/stack-file";
import { createProgram } from "../../cli/program";
import { runCommand } from "../../cli/run";
import type { Inbox } from "./inbox";
import { until } from "./until";
import { webhooks } from "./webhooks";

/** Python program that runs a command on its own terminal. */
const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

export interface Finished {
  /** Exit code; null if a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  readonly json: Record<string, unknown>;
}

export interface Running {
  readonly process: ChildProcess;
  /** Standard output so far. */
  readonly output: () => string;
  readonly finished: Promise<Finished>;
}

/** Last command in this process: they run one at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a command in this process, which saves the seconds that a new process takes to start. */
function inThisProcess(args: readonly string[], env: NodeJS.ProcessEnv, stdin = ""): Promise<Finished> {
  const finished = last.then(() => captured(args, env, stdin));
  last = finished.catch(() => undefined);
  return finished;
}

async function captured(args: readonly string[], env: NodeJS.ProcessEnv, input: string): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  const spies = [
    jest.spyOn(console, "log").mockImplementation((line) => void (stdout += `${line}\n`)),
    jest.spyOn(console, "error").mockImplementation((line) => void (stderr += `${line}\n`)),
    jest.spyOn(process.stdout, "write").mockImplementation((text) => ((stdout += String(text)), true)),
    jest.spyOn(process.stderr, "write").mockImplementation((text) => ((stderr += String(text)), true)),
    jest
      .spyOn(process, "stdin", "get")
      .mockReturnValue(Readable.from([Buffer.from(input)]) as typeof process.stdin),
  ];
  const before = process.env;
  process.env = { ...before, ...env };
  process.exitCode = 0;
  try {
    await runCommand(createProgram(), args);
    return { code: process.exitCode, stdout, stderr, json: parsed(stdout) };
  } finally {
    process.exitCode = undefined;
    process.env = before;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Returns the command line for a stack, with its outputs in a file and its endpoint in the environment. */
export function commandLine({ stack }: Inbox) {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-cli-"));
  const outputs = join(folder, "outputs.json");
  writeFileSync(outputs, JSON.stringify(stack.outputs));

  const access = {
    AWS_ENDPOINT_URL: stack.endpoint,
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
  };

  function start(
    args: readonly string[],
    stdin: string | undefined,
    env: NodeJS.ProcessEnv = {},
    [program, ...before]: readonly [string, ...string[]] = [process.execPath],
  ): Running {
    const child = spawn(program, [...before, webhooks(), ...args], {
      env: {
        ...process.env,
        // Remove both: the environment of the tests may have either, and jest itself sets FORCE_COLOR on a terminal.
        NO_COLOR: undefined,
        FORCE_COLOR: undefined,
        ...access,
        ...env,
      },
    });
    if (stdin !== undefined) child.stdin.end(stdin);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const finished = new Promise<Finished>((resolve) =>
      child.once("close", (code) => resolve({ code, stdout, stderr, json: parsed(stdout) })),
    );
    return { process: child, output: () => stdout, finished };
  }

  return {
    /** Runs a command in this process; the other functions start a process. */
    run: (...args: string[]) => inThisProcess([...args, "--outputs", outputs], access),
    start: (...args: string[]) => start([...args, "--outputs", outputs], ""),
    runWithInput: (stdin: string, ...args: string[]) =>
      start([...args, "--outputs", outputs], stdin).finished,
    /** Runs a command on a terminal, which puts both outputs into `stdout`. */
    runOnTerminal: (...args: string[]) =>
      start([...args, "--outputs", outputs], "", {}, ["python3", "-c", PTY, process.execPath]).finished,
    /** Starts a command on a terminal; texts written to its standard input are keys. */
    startOnTerminal: (...args: string[]) =>
      start([...args, "--outputs", outputs], undefined, {}, ["python3", "-c", PTY, process.execPath]),
    /** Runs a command without the option that names the stack. */
    runBare: (args: readonly string[], env?: NodeJS.ProcessEnv) => start(args, "", env).finished,
    /** Returns a folder with a `pulumi` that only prints this stack's outputs, under the name `prod`. */
    fakePulumi(): string {
      const script = `#!/bin/sh\n[ "$*" = "stack output --json --stack prod" ] || { echo "no stack named $5" >&2; exit 255; }\ncat '${outputs}'\n`;
      writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
      return folder;
    },
    /**
     * Returns a function that runs a command as beside `npm start`: in this process, without the option that names the
     * stack.
     */
    beside(): (args: readonly string[], stdin?: string) => Promise<Finished> {
      const stackFile = join(folder, "stack.json");
      const { endpoint, credentials, outputs: known, providers, consumerSecrets } = stack;
      claimStackFile(stackFile).describe({
        endpoint,
        credentials,
        outputs: known,
        providers,
        consumerSecrets,
      });
      return (args, stdin) => inThisProcess(args, { WEBHOOK_INBOX_STACK_FILE: stackFile }, stdin);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** Returns the texts of the steps in the output of `webhooks trace`. */
export const stepsIn = (tree: string): readonly string[] =>
  tree.match(/(?<=^[├└]─ +\+\S+ \w+ {2}).*/gm) ?? [];

/**
 * Returns the output of `webhooks trace` once it has this many steps. Sends another webhook meanwhile, since the
 * emulator may deliver lines that a function wrote under load only at its next invocation.
 */
export const traced = (
  inbox: Inbox,
  cli: ReturnType<typeof commandLine>,
  id: string,
  steps: number,
): Promise<Finished> =>
  until("its whole trace", async () => {
    const finished = await cli.run("trace", id, "--details");
    if (stepsIn(finished.stdout).length >= steps) return finished;
    const nudge = await inbox.send("acme", { unique: randomUUID() }, { type: "thing.made" });
    await inbox.events.next(String(nudge.json["id"]));
    return undefined;
  });

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
