import type { IngestPorts } from "../../functions/domain/ingest-ports";

/** Returns ports of the ingestion function that a test does not use: no keys to fetch, no quarantine, a fixed clock. */
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
