import { startLocalStack } from "../../local/stack";
import { recordFunctions } from "./functions";
import type { Usage } from "./model";
import { measureWorkflow } from "./workflow";

/** Largest batch of a FIFO queue, and what it is where webhooks come one by one. */
export const BATCHES = [10, 1] as const;

/**
 * What is billed for batches of new webhooks of 5 KB, by the size of the batch: runs functions and workflow.
 * @param onStep gets each step as it begins
 */
export async function countUsage(onStep: (step: string) => void): Promise<ReadonlyMap<number, Usage>> {
  const usages = new Map<number, Usage>();
  const stack = await startLocalStack({ onStep });
  try {
    for (const functions of await recordFunctions(BATCHES)) {
      const start = functions.process.calls.find(({ operation }) => operation === "StartSyncExecution");
      if (!start) throw new Error("the processing function started no execution");
      usages.set(functions.webhooks, { functions, workflow: await measureWorkflow(stack, start) });
    }
    return usages;
  } finally {
    await stack.stop();
  }
}
