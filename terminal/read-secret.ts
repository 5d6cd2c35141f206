import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "../inbox/errors";
import { InterruptedError } from "./interrupt";

/**
 * Reads a secret from the keyboard, without echo, or from standard input if that is not a terminal; never from an
 * argument.
 */
export async function readSecret(question: string): Promise<string> {
  return process.stdin.isTTY ? ask(question) : piped();
}

/** Returns standard input without the line break that `echo` and editors append. */
async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  // Gives readline an output that shows nothing, since it repeats what is typed there.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once("SIGINT", () => {
      reject(new InterruptedError());
      lines.close();
      process.stderr.write("\n");
    });
    lines.once("close", () => reject(new UsageError("No secret was given.")));
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
      process.stderr.write("\n");
    });
  });
}
