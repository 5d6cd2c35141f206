import type { IngestPorts } from "../../functions/domain/ingest-ports";

/** Returns what the ingestion function asks of others and hardly uses: no keys to fetch, no quarantine, a clock that stands. */
export function idlePorts(
  now: number,
  lines: Readonly<Record<string, unknown>>[],
): Pick<IngestPorts, "keys" | "visit" | "rejected" | "now" | "log"> {
  return {
    keys: { fetch: async () => undefined, refresh: async () => false },
    visit: async () => undefined,
    rejected: { admits: () => false, keep: async () => false },
    now: () => now,
    log: (line) => lines.push(line),
  };
}
