import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfiguredScheme } from "../providers";
import type { StackOutputs } from "./outputs";

/** A provider of the local stack, and what its webhooks are signed with. */
export interface LocalProvider {
  readonly scheme: ConfiguredScheme;
  /** What the provider signs with: the stored secret, or the private half of a key pair. */
  readonly secret: string;
  /** URL that the provider signs, if one is configured. */
  readonly signedUrl?: string;
  /** Token for the provider's verification challenge, if configured. */
  readonly verifyToken?: string;
}

/** Everything that it takes to reach a local stack. The secrets are random, and valid for that stack only. */
export interface StackDescription {
  readonly endpoint: string;
  /** The emulator's access key. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly outputs: StackOutputs;
  readonly providers: Readonly<Record<string, LocalProvider>>;
  /** Secrets that consumers over HTTP verify with, by the names of the consumers. */
  readonly consumerSecrets: Readonly<Record<string, string>>;
}

/** Contents of the file: only the process id while the stack starts, everything once it runs. */
export interface StackFileContents extends Partial<StackDescription> {
  readonly pid: number;
  /** Address of the console, with its token. */
  readonly console?: string;
}

/**
 * Returns the file in which a running local stack describes itself to other commands. WEBHOOK_INBOX_STACK_FILE names
 * another file, so that a second stack can run.
 */
export const stackFile = (): string =>
  process.env["WEBHOOK_INBOX_STACK_FILE"] || join(__dirname, "../.cache/stack.json");

/** Returns the description of the stack that `npm start` runs in this clone, undefined if none does. */
export function runningStack(file = stackFile()): StackDescription | undefined {
  const contents = readStackFile(file);
  if (!contents?.endpoint || !isAlive(contents.pid)) return undefined;
  return contents as StackDescription & StackFileContents;
}

/** Reads the file, even if its process no longer runs; undefined if there is no readable file. */
export function readStackFile(file: string): StackFileContents | undefined {
  try {
    const contents = JSON.parse(readFileSync(file, "utf8")) as Partial<StackFileContents>;
    return typeof contents.pid === "number" ? (contents as StackFileContents) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
