import { Option, type Command } from "commander";
import { REJECTION_REASONS } from "../../functions/domain/rejected";
import { pointInTime, withStackOptions, type StackOptions } from "./stack";
import type { RejectedFilter } from "../../inbox/rejected";

/** Options that select rejected requests. */
export interface RejectedOptions extends StackOptions {
  readonly provider?: string;
  readonly reason?: (typeof REJECTION_REASONS)[number];
  readonly since?: string;
}

export function withRejectedFilter(command: Command): Command {
  return withStackOptions(
    command
      .option("--provider <name>", "only of this provider")
      .addOption(new Option("--reason <reason>", "only rejected for this reason").choices(REJECTION_REASONS))
      .option("--since <time>", "only those received since: 2026-01-02T03:04:05Z, 2026-01-02, or 2h"),
  );
}

export function filterOf({ provider, reason, since }: RejectedOptions, now: number): RejectedFilter {
  return {
    ...(provider !== undefined && { provider }),
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { since: pointInTime(since, now) }),
  };
}
