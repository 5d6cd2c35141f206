import type { LocalStack } from "../../local/stack";

/** Everything that a figure can use while it is measured. */
export interface Bench {
  /** Number of rounds that count, after one to warm up. */
  readonly rounds: number;
  /** The local stack, started for the first figure that needs it. */
  stack(): Promise<LocalStack>;
  /** Reports what is being measured. */
  step(text: string): void;
}

/**
 * One figure that `npm run bench` measures. Most are ratios: the two things to compare run in turns, so that both run
 * under the same load of the machine.
 */
export interface Figure {
  /** Name for `--only`. */
  readonly name: string;
  /** What a value means. */
  readonly title: string;
  readonly unit: string;
  /** Limit that the median must keep @default none, the figure is only reported */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  /** @returns one value per counted round */
  measure(bench: Bench): Promise<readonly number[]>;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function median(values: readonly number[]): number {
  return spread(values).median;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

/** Returns whether the median keeps the target; true if there is none. */
export function holds({ target }: Pick<Figure, "target">, values: readonly number[]): boolean {
  if (!target) return true;
  return "atLeast" in target ? median(values) >= target.atLeast : median(values) <= target.atMost;
}
