import { Command } from "commander";
import { userInfo } from "node:os";
import { pauseProvider, resumeProvider } from "../../inbox/pauses";
import { age } from "../../inbox/text";
import { print, sanitize } from "../../terminal/output";
import { connectTo, withStackOptions, type StackOptions } from "../options/stack";

interface PauseOptions extends StackOptions {
  readonly reason?: string;
}

async function pause(provider: string, options: PauseOptions): Promise<void> {
  const { reason } = options;
  const note = { by: userInfo().username, ...(reason !== undefined && { reason }) };
  const paused = await pauseProvider(provider, note, await connectTo(options));
  print(options, { provider, ...paused }, () => {
    const since = age(Date.now() - Date.parse(paused.since));
    const because = paused.reason === undefined ? "" : `: ${sanitize(paused.reason)}`;
    return `${provider} is paused (for ${since}, by ${sanitize(paused.by ?? "unknown")}${because}). Its webhooks are verified, stored, answered and held; what is being processed comes to its end.`;
  });
}

async function resume(provider: string, options: StackOptions): Promise<void> {
  const resumed = await resumeProvider(provider, await connectTo(options));
  print(
    options,
    { provider, ...resumed },
    () =>
      `${provider} resumes within a minute, with what was held first. webhooks status shows how much is still held.`,
  );
}

/** `webhooks pause <provider>` */
export function pauseCommand(): Command {
  const command = new Command("pause")
    .description("Pauses the processing of one provider. What arrives is still accepted, and held in order.")
    .argument("<provider>", "name of the provider")
    .option("--reason <text>", "why, for those who look at the status")
    .addHelpText(
      "after",
      `
Providers notice nothing: webhooks are verified, stored and answered with 202. They are held in the table, in the order of their
groups, however many they are and however long it lasts: not in the queue, whose 14 days they do not count against. Other
providers go on. Replays and redrives of the provider wait too. A pause of more than a day raises an alarm.

Examples:
  webhooks pause stripe --reason "billing is being migrated"
  webhooks resume stripe`,
    );
  return withStackOptions(command).action(pause);
}

/** `webhooks resume <provider>` */
export function resumeCommand(): Command {
  const command = new Command("resume")
    .description("Processes what is held of a paused provider, in its order, and then what comes.")
    .argument("<provider>", "name of the provider")
    .addHelpText(
      "after",
      `
It begins within a minute. What arrives meanwhile follows what is held.

Examples:
  webhooks resume stripe`,
    );
  return withStackOptions(command).action(resume);
}
