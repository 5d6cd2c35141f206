import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import type { Finding, Knee, Latency } from "./verdicts";

/** Result of a run, written to summary.json. */
export interface Summary {
  readonly run: string;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /**
   * Milliseconds, of accepted webhooks: from the request to the answer, and from the receipt at the endpoint to
   * publishing.
   */
  readonly latencyMs: { readonly ingest: Latency; readonly endToEnd: Latency };
  readonly knee?: Knee;
}

/** Returns the summary for a terminal. */
export function describeSummary({ findings, latencyMs, knee }: Summary): string {
  const row = (name: string, { p50, p95, p99 }: Latency) => [name, `${p50} ms`, `${p95} ms`, `${p99} ms`];
  const rows = [
    row("until the answer", latencyMs.ingest),
    row("from the endpoint to the bus", latencyMs.endToEnd),
  ];
  return [
    ...findings.map(({ ok, text }) => `${ok ? pc.green("✔") : pc.red("✖")} ${text}`),
    "",
    table(["latency", "p50", "p95", "p99"], rows),
    ...(knee ? ["", describeKnee(knee)] : []),
  ].join("\n");
}

function describeKnee({ steps, held, broke }: Knee): string {
  const perSecond = (offered: number | undefined) => `${offered?.toFixed(0) ?? "?"} requests/s`;
  const rows = steps.map(({ offered, p95, accepted }) => [
    perSecond(offered),
    `${Math.round(p95)} ms`,
    `${(accepted * 100).toFixed(1)} %`,
  ]);
  const found = broke
    ? `The knee: ${held ? `${perSecond(held.offered)} held` : "nothing held"}, ${perSecond(broke.offered)} did not.`
    : `No knee up to ${perSecond(held?.offered)}: raise --rate.`;
  return `${table(["offered", "p95", "accepted"], rows)}\n${found}`;
}
