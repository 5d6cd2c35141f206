import { spawn } from "node:child_process";

/** Runs a program to its end. @throws with the end of its output where it fails */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return output;
  throw new Error(
    `${program} ${args[0] ?? ""} ended with ${code}:\n${output.trim().split("\n").slice(-8).join("\n")}`,
  );
}

/** Whether a program is there and answers to these arguments. */
export async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
}
