import type { Inbox } from "../connect";

/** `ok`; `warning`: works, but needs attention; `problem`: does not work; `unknown`: could not be checked. */
export const STATES = ["ok", "warning", "problem", "unknown"] as const;
export type State = (typeof STATES)[number];

/** Result of one check: a line of the report. */
export interface Finding {
  /** What was checked, such as `secret of stripe`. */
  readonly what: string;
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

export interface DoctorOptions {
  /** Whether a test webhook may be sent: the bus publishes it like any other. */
  readonly send: boolean;
  /** Provider of the test webhook. @default the first whose scheme signs and whose secret can be read */
  readonly provider?: string;
}

/** Everything that a check may read. */
export interface Patient extends Inbox {
  readonly options: DoctorOptions;
}

/** Checks one part of a deployed stack. Any error that it throws becomes a finding of the state `unknown`. */
export interface Check {
  readonly name: string;
  examine(patient: Patient): Promise<readonly Finding[]>;
}

export const ok = (what: string, found: string): Finding => ({ what, state: "ok", found });
export const warning = (what: string, found: string, fix: string): Finding => ({
  what,
  state: "warning",
  found,
  fix,
});
export const problem = (what: string, found: string, fix: string): Finding => ({
  what,
  state: "problem",
  found,
  fix,
});
export const unknown = (what: string, found: string, fix?: string): Finding => ({
  what,
  state: "unknown",
  found,
  ...(fix !== undefined && { fix }),
});
