import type * as pulumi from "@pulumi/pulumi";
import type { Silence } from "../config";
import type { Metric } from "./alarm-metrics";

/** Seconds. */
export const FIVE_MINUTES = 300;

interface Described {
  readonly description: string;
  /** Heading of its paragraph in docs/runbook.md. @default the part of its name */
  readonly runbook?: string;
}

/** When an alarm is raised. */
export type AlarmRule = ThresholdRule | SilenceRule;

/** The sum or the maximum of a metric within the period is above the threshold. */
interface ThresholdRule extends Described {
  readonly metric: Metric;
  /** @default 0 */
  readonly above?: pulumi.Input<number>;
  /** Seconds. @default 60 */
  readonly period?: number;
}

/** The sum of metrics is 0 in each of N periods. */
interface SilenceRule extends Described {
  readonly sumOf: readonly Metric[];
  readonly silence: Silence;
}

/** Rules by the part of their alarms' names. */
export type AlarmRules = Readonly<Record<string, AlarmRule>>;
