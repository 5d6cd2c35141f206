import type { Command } from "commander";
import { UsageError } from "../../inbox/errors";
import { confirm } from "../../terminal/confirm";
import { DEFAULT_RATE, rate } from "./stack";

/** Number of webhooks above which sending them has to be confirmed. */
const HANDFUL = 10;

/**
 * Asks before many webhooks are sent again, unless --yes was given.
 * @param what what would be done to them, such as `published again`
 * @throws UsageError if there is no terminal to ask on; Error if the answer is no
 */
export async function confirmMany(
  number: number,
  what: string,
  { yes }: { readonly yes?: true },
): Promise<void> {
  if (number <= HANDFUL || yes) return;
  const would = `${number} webhooks would be ${what}`;
  if (!process.stdin.isTTY) throw new UsageError(`${would}. Check with --dry-run, then pass --yes.`);
  if (!(await confirm(`${would}. Continue?`))) throw new Error("Nothing was sent.");
}

/** Adds the options of a command that sends many webhooks again. */
export function withBatch(command: Command, verb: string): Command {
  return command
    .option("--rate <n>", "webhooks per second", rate, DEFAULT_RATE)
    .option("--dry-run", "only show which")
    .option("--yes", `${verb} more than ${HANDFUL} without asking`);
}
