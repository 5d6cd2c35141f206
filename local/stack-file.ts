import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CACHE } from "./paths";
import type { StackDescription } from "./stack";

/**
 * Where a running stack says how to reach it, so that other commands find it; WEBHOOK_INBOX_STACK_FILE names another place,
 * for one more stack. Apart from `stack.ts`, which loads Pulumi.
 */
export const STACK_FILE = process.env["WEBHOOK_INBOX_STACK_FILE"] ?? join(CACHE, "stack.json");

/** What the file holds: the process alone while it starts, the whole once it runs. */
interface Contents extends Partial<StackDescription> {
  readonly pid: number;
  /** Address of the console, with its token. */
  readonly console?: string;
}

/** The file as one process holds it. */
export interface StackFile {
  /** Says how to reach the stack. */
  describe(description: StackDescription): void;
  /** Says where its console is. */
  addConsole(address: string): void;
  /** Removes the file; nothing if it is another process's. */
  release(): void;
}

/** Returns the description of the stack that `npm start` runs in this clone, undefined if none does. */
export function runningStack(file = STACK_FILE): StackDescription | undefined {
  const contents = read(file);
  if (!contents?.endpoint || !isAlive(contents.pid)) return undefined;
  return contents as StackDescription & Contents;
}

/**
 * Takes the file for this process, so that a second `npm start` in one clone does not take the place of the first. The
 * file of a process that is gone is replaced.
 * @throws Error with the other's pid and address if another process runs a stack here
 */
export function claimStackFile(file = STACK_FILE): StackFile {
  mkdirSync(dirname(file), { recursive: true });
  let contents: Contents = { pid: process.pid };
  if (!create(file, contents)) {
    const other = read(file);
    if (other && isAlive(other.pid)) throw new Error(alreadyRunning(other, file));
    rmSync(file, { force: true });
    if (!create(file, contents)) throw new Error(alreadyRunning(read(file), file));
  }
  const write = (more: Partial<Contents>) => {
    contents = { ...contents, ...more };
    // Put in its place as a whole: other commands read it at any time.
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, JSON.stringify(contents, null, 2), { mode: 0o600 });
    renameSync(whole, file);
  };
  const release = () => {
    process.off("exit", release);
    if (read(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  // Also if it is interrupted while it starts.
  process.on("exit", release);
  return { describe: write, addConsole: (address) => write({ console: address }), release };
}

function create(file: string, contents: Contents): boolean {
  try {
    writeFileSync(file, JSON.stringify(contents), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(file: string): Contents | undefined {
  try {
    const contents = JSON.parse(readFileSync(file, "utf8")) as Partial<Contents>;
    return typeof contents.pid === "number" ? (contents as Contents) : undefined;
  } catch {
    return undefined;
  }
}

function alreadyRunning(other: Contents | undefined, file: string): string {
  const stale = `If process ${other?.pid} is another program, remove ${file}.`;
  if (!other?.outputs)
    return `npm start is starting in this folder already (process ${other?.pid}). ${stale}`;
  const site = other.console === undefined ? "" : `\n  console  ${other.console}`;
  return `npm start runs in this folder already (process ${other.pid}):
  inbox    ${other.outputs.api_endpoint}/<provider>${site}
Use that one, or end it with Ctrl-C. ${stale}`;
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
