import type * as pulumi from "@pulumi/pulumi";
import type { Silence } from "../config";
import type { Metric } from "./alarm-metrics";

/** Five minutes, in seconds. */
export const FIVE_MINUTES = 300;

interface Described {
  readonly description: string;
  /** Heading of the alarm's paragraph in docs/runbook.md. @default the part of its name */
  readonly runbook?: string;
}

/** Condition under which an alarm is raised. */
export type AlarmRule = ThresholdRule | SilenceRule;

/** Raises an alarm if the sum or the maximum of a metric within the period is above the threshold. */
interface ThresholdRule extends Described {
  readonly metric: Metric;
  /** @default 0 */
  readonly above?: pulumi.Input<number>;
  /** Period in seconds. @default 60 */
  readonly period?: number;
}

/** Raises an alarm if the sum of metrics is 0 in each of N periods. */
interface SilenceRule extends Described {
  readonly sumOf: readonly Metric[];
  readonly silence: Silence;
}

/** Rules by the alarm-specific part of their names. */
export type AlarmRules = Readonly<Record<string, AlarmRule>>;
