import type { Throttle } from "../../config";
import type { Answer } from "./plan";

/** A result of a phase; the run has failed if any is not `ok`. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/**
 * Returns the percentile of the values: the smallest one that at least this share of them do not exceed. `NaN` if
 * empty.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function latency(values: readonly number[]): Latency {
  const at = (share: number) => Math.round(percentile(values, share));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export const isAccepted = ({ status }: Answer) => status === 202;

/** Least demand, as a multiple of the rate, that is sure to empty the bucket. */
const LEAST_OVERLOAD = 1.5;

/**
 * Compares what one path accepted with its token bucket: full at first, refilled at its rate while there was demand.
 * @param tolerance share by which the number may differ; at least three requests, for those in flight at the start or
 * end
 */
export function judgeBucket(
  provider: string,
  answers: readonly Answer[],
  { burst, rate }: Throttle,
  tolerance: number,
): Finding {
  const own = answers.filter((answer) => answer.provider === provider);
  const sent = own.map(({ sentAt }) => sentAt);
  const seconds = (Math.max(...sent) - Math.min(...sent)) / 1000;
  const demand = own.length / seconds;
  const accepted = own.filter(isAccepted).length;
  const expected = burst + rate * seconds;
  const allowed = Math.max(3, expected * tolerance);
  const fact = `${provider}: ${accepted} accepted of ${own.length} in ${seconds.toFixed(1)} s; burst ${burst} + rate ${rate}/s gives ${expected.toFixed(0)} ± ${allowed.toFixed(0)}`;
  if (!(demand >= rate * LEAST_OVERLOAD && own.length > expected)) {
    return { ok: false, text: `${fact}; only ${demand.toFixed(1)} requests/s came, too few to judge` };
  }
  return { ok: Math.abs(accepted - expected) <= allowed, text: fact };
}

/** Judges whether there were only the allowed statuses: no server error, no lost connection. */
export function judgeStatuses(answers: readonly Answer[], allowed: readonly number[]): Finding {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  const listed = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} x ${status === 0 ? "no answer" : status}`);
  return {
    ok: answers.length > 0 && [...counts.keys()].every((status) => allowed.includes(status)),
    text: `answers: ${listed.join(", ") || "none"}`,
  };
}

export interface Step {
  /** Requests per second that were sent, in the middle of the step. */
  readonly offered: number;
  readonly p95: number;
  /** Share of requests that were accepted. */
  readonly accepted: number;
}

/** Steps into which a ramp is cut. */
const STEPS = 12;

/** Share of requests that must be accepted for a step to have held. */
const LEAST_ACCEPTED = 0.99;

/** Limits of a step's p95, in milliseconds and as a multiple of the first step's. Above both, the requests queue. */
const SLOW_MS = 1_000;
const SLOW_FACTOR = 4;

export interface Knee {
  readonly steps: readonly Step[];
  /** The last step that held before the first that did not. */
  readonly held: Step | undefined;
  readonly broke: Step | undefined;
}

/** Cuts a ramp into steps and finds the first that broke. */
export function findKnee(answers: readonly Answer[]): Knee {
  const top = Math.max(...answers.map(({ offered = 0 }) => offered));
  const steps = Array.from({ length: STEPS }, (_, index) => {
    const [from, to] = [(top * index) / STEPS, (top * (index + 1)) / STEPS];
    const own = answers.filter(({ offered = 0 }) => offered > from && offered <= to);
    return {
      offered: (from + to) / 2,
      p95: percentile(
        own.map(({ ms }) => ms),
        0.95,
      ),
      accepted: own.filter(isAccepted).length / own.length,
      count: own.length,
    };
  }).filter(({ count }) => count > 0);
  const calm = steps[0]?.p95 ?? 0;
  const breaks = ({ p95, accepted }: Step) =>
    accepted < LEAST_ACCEPTED || p95 > Math.max(SLOW_MS, SLOW_FACTOR * calm);
  const first = steps.findIndex(breaks);
  return {
    steps: steps.map(({ offered, p95, accepted }) => ({ offered, p95, accepted })),
    held: first < 0 ? steps.at(-1) : steps[first - 1],
    broke: steps[first],
  };
}
