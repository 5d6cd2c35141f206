import type { Bench, Figure } from "./figure";
import { runLimited, type Limited } from "./handlers/limited";

const figure = (name: string, title: string, value: (run: Limited) => number): Figure => ({
  name,
  title: `ingestion with the processor of 256 MB: ${title}`,
  unit: "ms",
  measure: async (bench: Bench) => (await runLimited(bench)).map(value),
});

const at = (share: number) => (run: Limited) => run.warm[Math.floor(share * (run.warm.length - 1))] ?? NaN;

/** Milliseconds that a provider waits on Lambda's share of a core: for each new environment, and for warm ones. */
export const limitedFigures: readonly Figure[] = [
  figure("limited-cold", "loading and the first answer", ({ cold }) => cold),
  figure("limited-warm-p50", "median of further answers", at(0.5)),
  figure("limited-warm-p99", "99th percentile of further answers", at(0.99)),
];
