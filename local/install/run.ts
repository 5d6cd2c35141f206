import { spawn } from "node:child_process";

/** A program that ended with an error. */
export class RunError extends Error {
  override readonly name = "RunError";
  constructor(
    message: string,
    /** Standard output and standard error of the program. */
    readonly output: string,
  ) {
    super(message);
  }
}

/** Errors of npm, pip and uv if there is no network. */
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|name resolution|NewConnectionError|ConnectTimeoutError|Network is unreachable|Connection refused|dns error|error sending request/i;

/**
 * Runs a program to its end.
 * @returns its standard output
 * @throws RunError with the end of its output if it fails
 */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: process.env });
  let stdout = "";
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return stdout;
  const end = output.trim().split("\n").slice(-8).join("\n");
  throw new RunError(`${program} ${args[0] ?? ""} ended with ${code}:\n${end}`, output);
}

/** Returns whether a program exists and succeeds with these arguments. */
export async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
}

/** Returns an error that says what could not be fetched and why: there is no network, or what the program reported. */
export function fetchFailed(what: string, error: unknown): Error {
  const offline = error instanceof RunError && NO_NETWORK.test(error.output);
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(
    offline
      ? `${what} could not be fetched: its registry cannot be reached. Is this machine offline? It takes the network once; later starts do without.\n${reason}`
      : `${what} could not be fetched.\n${reason}`,
  );
}
