import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  isAlive,
  readStackFile,
  stackFile,
  type StackDescription,
  type StackFileContents,
} from "../inbox/local-stack";

/** The stack file that this process holds. */
export interface StackFile {
  /** Adds how to reach the stack. */
  describe(description: StackDescription): void;
  /** Adds the URL of the stack's console. */
  addConsole(address: string): void;
  /** Removes the file, unless another process holds it. */
  release(): void;
}

/**
 * Takes the stack file for this process, so that a second `npm start` in one clone does not replace the first. Replaces
 * the file of a process that has ended.
 * @throws Error with the other's pid and address if another process runs a stack here
 */
export function claimStackFile(file = stackFile()): StackFile {
  mkdirSync(dirname(file), { recursive: true });
  let contents: StackFileContents = { pid: process.pid };
  if (!create(file, contents)) {
    const other = readStackFile(file);
    if (other && isAlive(other.pid)) throw new Error(alreadyRunning(other, file));
    rmSync(file, { force: true });
    if (!create(file, contents)) throw new Error(alreadyRunning(readStackFile(file), file));
  }
  const write = (more: Partial<StackFileContents>) => {
    contents = { ...contents, ...more };
    // Write the file as a whole and rename it: other commands read it at any time.
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, JSON.stringify(contents, null, 2), { mode: 0o600 });
    renameSync(whole, file);
  };
  const release = () => {
    process.off("exit", release);
    if (readStackFile(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  // Remove the file even if the start is interrupted.
  process.on("exit", release);
  return { describe: write, addConsole: (address) => write({ console: address }), release };
}

function create(file: string, contents: StackFileContents): boolean {
  try {
    writeFileSync(file, JSON.stringify(contents), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function alreadyRunning(other: StackFileContents | undefined, file: string): string {
  const stale = `If process ${other?.pid} is another program, remove ${file}.`;
  if (!other?.outputs)
    return `npm start is starting in this folder already (process ${other?.pid}). ${stale}`;
  const site = other.console === undefined ? "" : `\n  console  ${other.console}`;
  return `npm start runs in this folder already (process ${other.pid}):
  inbox    ${other.outputs.api_endpoint}/<provider>${site}
Use that one, or end it with Ctrl-C. ${stale}`;
}
