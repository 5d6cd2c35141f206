import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "../inbox/errors";
import { InterruptedError } from "./interrupt";

/** Returns a secret from the keyboard, without echo, or from standard input if that is no terminal. Never from an argument. */
export async function readSecret(question: string): Promise<string> {
  return process.stdin.isTTY ? ask(question) : piped();
}

/** Returns the text without the line break that `echo` and editors put behind it. */
async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  // readline repeats what is typed on its output; this one shows nothing.
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
