import { once } from "node:events";
import { createInterface } from "node:readline";

/** Asks on the terminal; returns true only for `y` or `yes`. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.setPrompt(`${question} [y/N] `);
  lines.prompt();
  const answer = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    once(lines, "close").then(() => ""),
  ]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
