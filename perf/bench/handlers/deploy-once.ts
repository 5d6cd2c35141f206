/** Deploys the program to a local stack and prints the milliseconds that it took; a program is run once per process. */
import { startLocalStack } from "../../../local/stack";

async function main(): Promise<void> {
  const stack = await startLocalStack();
  console.log(String(stack.deployment.ms));
  await stack.stop();
}

void main();
