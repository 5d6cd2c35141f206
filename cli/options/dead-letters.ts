import type { Command } from "commander";
import type { Reading } from "../../inbox/dead-letters";
import type { DeadLetter, DeadLetterFilter } from "../../inbox/dead-letter";
import { duration, type StackOptions } from "./stack";
import { note } from "../../terminal/output";
import { UsageError } from "../../inbox/errors";
import { count } from "../../inbox/text";

/** Options that say which queue of dead letters: a consumer's or the inbox's. */
export interface WhoseDeadLetters extends StackOptions {
  readonly consumer?: string;
}

/** Options that select dead letters. */
export interface DeadLetterOptions extends WhoseDeadLetters {
  readonly provider?: string;
  readonly type?: string;
  readonly reason?: string;
  readonly id?: readonly string[];
  readonly olderThan?: number;
  readonly newerThan?: number;
}

/** Adds the option that names the consumer whose dead letters are meant. */
export function withConsumer(command: Command): Command {
  return command.option("--consumer <name>", "dead letters of this consumer, not of the inbox itself");
}

export function withDeadLetterFilter(command: Command): Command {
  return withConsumer(command)
    .option("--provider <name>", "only of this provider")
    .option("--type <type>", "only of this event type")
    .option("--reason <code>", "only with this error code, as `list` shows it")
    .option("--older-than <duration>", "only webhooks received before: 15m, 24h, 7d", duration)
    .option("--newer-than <duration>", "only webhooks received since", duration);
}

/** Returns the filter that the options describe. @throws UsageError if nothing can match it */
export function filterOf(options: DeadLetterOptions): DeadLetterFilter {
  const { provider, type, reason, id, olderThan, newerThan } = options;
  if (olderThan !== undefined && newerThan !== undefined && olderThan >= newerThan) {
    throw new UsageError("No webhook is both: --older-than has to be the shorter of the two.");
  }
  return {
    ...(id !== undefined && { ids: id }),
    ...(provider !== undefined && { provider }),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { reason }),
    ...(olderThan !== undefined && { olderThan }),
    ...(newerThan !== undefined && { newerThan }),
  };
}

/** Returns a dead letter as JSON. */
export function deadLetterJson(deadLetter: DeadLetter, now: number) {
  const {
    webhook,
    messageId,
    reason,
    receivedAt,
    deadLetteredAt,
    attempts,
    executionArn,
    group,
    redriven = false,
  } = deadLetter;
  return {
    id: webhook?.id ?? null,
    deadLetterId: messageId,
    provider: webhook?.provider ?? null,
    type: webhook?.type ?? null,
    replay: webhook?.replay ?? null,
    reason,
    attempts: attempts ?? null,
    redrivenByRecovery: redriven,
    receivedAt,
    ageSeconds: Math.round((now - Date.parse(receivedAt)) / 1_000),
    deadLetteredAt: new Date(deadLetteredAt).toISOString(),
    group,
    executionArn: executionArn ?? null,
  };
}

/** Notes on standard error that the queue holds dead letters that were not shown. */
export function noteMissing({ hidden, heldByOthers }: Reading): void {
  if (heldByOthers > 0)
    note(`About ${count(heldByOthers, "dead letter")} not shown: another reader holds them.`);
  if (hidden === 0) return;
  note(
    `About ${count(hidden, "more dead letter")} not shown: they are behind these, and SQS returns ten of a group at a time. ` +
      "--deep moves the first ones aside within the dead-letter queue and shows all.",
  );
}
