import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram } from "../../cli/program";
import type { Inbox } from "./inbox";
import { until } from "./until";

const WEBHOOKS = join(__dirname, "..", "..", "cli", "webhooks.js");

/** Runs a command on a terminal of its own. */
const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

export interface Finished {
  /** Exit code; null where a signal killed it. */
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

/** The command line as a process, on a stack whose outputs are in a file and whose endpoint is in the environment. */
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
    stdin = "",
    env: NodeJS.ProcessEnv = {},
    [program, ...before]: readonly [string, ...string[]] = [process.execPath],
  ): Running {
    const child = spawn(program, [...before, WEBHOOKS, ...args], {
      env: {
        ...process.env,
        // Whoever runs the tests may have set either; jest itself sets FORCE_COLOR on a terminal.
        NO_COLOR: undefined,
        FORCE_COLOR: undefined,
        ...access,
        ...env,
      },
    });
    child.stdin.end(stdin);
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
    /**
     * Runs a command in this process, which saves the second that a process takes to start. One at a time.
     * @throws as the command does
     */
    async inProcess(...args: string[]): Promise<Pick<Finished, "code" | "stdout">> {
      const printed: unknown[] = [];
      const print = jest.spyOn(console, "log").mockImplementation((line) => void printed.push(line));
      const note = jest.spyOn(console, "error").mockImplementation(() => undefined);
      const before = process.env;
      process.env = { ...before, ...access };
      try {
        process.exitCode = 0;
        await createProgram().parseAsync([...args, "--outputs", outputs], { from: "user" });
        return { code: process.exitCode, stdout: printed.join("\n") };
      } finally {
        process.env = before;
        process.exitCode = undefined;
        for (const spy of [print, note]) spy.mockRestore();
      }
    },
    start: (...args: string[]) => start([...args, "--outputs", outputs]),
    run: (...args: string[]) => start([...args, "--outputs", outputs]).finished,
    runWithInput: (stdin: string, ...args: string[]) =>
      start([...args, "--outputs", outputs], stdin).finished,
    /** With a terminal for its outputs, which both are then in `stdout`. */
    runOnTerminal: (...args: string[]) =>
      start([...args, "--outputs", outputs], "", {}, ["python3", "-c", PTY, process.execPath]).finished,
    /** Without the option that names the stack. */
    runBare: (args: readonly string[], env?: NodeJS.ProcessEnv) => start(args, "", env).finished,
    /** A folder with a `pulumi` that answers only how this stack's outputs are asked for under the name `prod`. */
    fakePulumi(): string {
      const script = `#!/bin/sh\n[ "$*" = "stack output --json --stack prod" ] || { echo "no stack named $5" >&2; exit 255; }\ncat '${outputs}'\n`;
      writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
      return folder;
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** What the lines of `webhooks trace` say that are steps. */
export const stepsIn = (tree: string): readonly string[] =>
  tree.match(/(?<=^[├└]─ +\+\S+ \w+ {2}).*/gm) ?? [];

/**
 * `webhooks trace`, once it has so many steps. A line that a function wrote while the machine was busy, the emulator hands
 * over at the next invocation, so there has to be one.
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
