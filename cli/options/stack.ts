import { InvalidArgumentError, Option, type Command } from "commander";
import { connect, type Inbox } from "../../inbox/connect";
import { UsageError } from "../../inbox/errors";
import { providerNamed, unknownProvider } from "../../inbox/outputs";

/** Options of every command that reads a stack. */
export interface StackOptions {
  readonly stack?: string;
  readonly outputs?: string;
  readonly json?: true;
}

/** Options of a command about one webhook. */
export interface OneWebhookOptions extends StackOptions {
  readonly provider?: string;
}

/** Adds the options that say which stack, and in which form to print. */
export function withStackOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--stack <name>", "a stack on AWS, by its Pulumi name; without it the local one").conflicts(
        "outputs",
      ),
    )
    .option("--outputs <file>", "a stack whose outputs are in this JSON file")
    .option("--json", "print JSON");
}

/**
 * Connects to the stack that the options name.
 * @throws UsageError if there is none, or if it has no provider of the name in --provider
 */
export async function connectTo(options: OneWebhookOptions): Promise<Inbox> {
  const inbox = await connect(options);
  const { provider } = options;
  const names = inbox.outputs.providers.map(({ name }) => name);
  // Skips the check for a stack that was deployed before this output: there are no names to compare with.
  if (provider !== undefined && names.length > 0 && !providerNamed(provider, inbox.outputs)) {
    throw unknownProvider(provider, names);
  }
  return inbox;
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Returns the seconds of a duration such as `90s`, `15m`, `24h` or `7d`. @throws InvalidArgumentError */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN);
  if (!(seconds > 0)) throw new InvalidArgumentError("Give a duration such as 90s, 15m, 24h or 7d.");
  return seconds;
}

/**
 * Returns a point in time, milliseconds since the epoch: RFC 3339, a date, or a duration before `now`.
 * @throws UsageError
 */
export function pointInTime(text: string, now: number): number {
  if (/^\d+[smhd]$/.test(text)) return now - duration(text) * 1_000;
  // Accepts only known forms: Date.parse takes nearly everything, and a time without a zone means another thing on each
  // machine.
  const known = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = known ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `Invalid time "${text}". Use 2026-01-02T03:04:05Z, 2026-01-02, or a duration such as 2h.`,
    );
  }
  return ms;
}

/**
 * Checks that a range of time is not empty.
 * @param since milliseconds since the epoch, as `until`
 * @throws UsageError
 */
export function checkRange(since: number, until: number): void {
  if (since < until) return;
  const [from, to] = [since, until].map((ms) => new Date(ms).toISOString());
  throw new UsageError(`Empty range ${from} to ${to}: --since has to be before --until.`);
}

/** Returns a whole number from 1. @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return value;
}

/** Returns a number above 0, also below 1. @throws InvalidArgumentError */
export function rate(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("Give a number above 0.");
  }
  return value;
}

/** Default for the webhooks per second that go into the queue: consumers get them in addition to their usual ones. */
export const DEFAULT_RATE = 20;
