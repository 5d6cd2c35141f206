import { diagnose } from "../../providers";
import { describeError } from "./errors";
import type { IngestPorts } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import type { Provider } from "./provider";
import { isRefusal, reasonNotQuarantined, rejectedRequest, type Finding, type Rejection } from "./rejected";

/** What became of a refused request, for the log. */
export interface Quarantined {
  readonly quarantined: boolean;
  /** Where it is kept. */
  readonly rejectedId?: string;
  /** Why it is not kept. */
  readonly notKept?: string;
  /** Absent where it was not looked into. */
  readonly diagnosis?: Finding;
}

/** Other providers whose secrets are tried: two accounts at one sender are mixed up easily. */
const MAX_OTHERS = 4;

/**
 * Finds out why a request was refused and keeps it, so that it can be let in once a wrong secret is mended. The answer
 * does not depend on it: it never rejects, and waits for two calls at most, each bounded in time.
 */
export async function quarantine(
  request: IngestRequest,
  provider: Provider,
  refused: {
    readonly refusal: Rejection;
    readonly secrets: readonly string[];
    readonly fetched: string | undefined;
  },
  receivedAt: number,
  ports: IngestPorts,
): Promise<Quarantined> {
  const { refusal } = refused;
  const notKept = reasonNotQuarantined(provider, request, refusal);
  if (notKept !== undefined) return { quarantined: false, notKept };
  if (!ports.rejected.admits(provider.name)) return { quarantined: false, notKept: "too many came" };
  let diagnosis: Finding | undefined;
  try {
    if (isRefusal(refusal)) {
      const others =
        refusal.reason === "signature_mismatch" ? await secretsOfOthers(provider, ports) : undefined;
      const evidence = {
        ...refused,
        refusal,
        request,
        now: receivedAt,
        clock: processorTime,
        ...(others && { others }),
      };
      diagnosis = diagnose(provider.scheme, evidence);
    } else {
      diagnosis = { cause: refusal.reason, detail: refusal.detail };
    }
    const rejected = rejectedRequest(provider, request, refusal, diagnosis, receivedAt);
    const kept = await ports.rejected.keep(rejected);
    return { quarantined: kept, ...(kept && { rejectedId: rejected.id }), diagnosis };
  } catch (error) {
    return { quarantined: false, notKept: describeError(error), ...(diagnosis && { diagnosis }) };
  }
}

/** Milliseconds. Not those of the clock: where the function has a part of a processor, most of them are waiting. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Live secrets of the other providers with the same scheme, as far as they can be had. */
async function secretsOfOthers(
  { name, scheme }: Provider,
  { providers, secrets }: IngestPorts,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const others = [...providers.values()]
    .filter((other) => other.name !== name && other.scheme.id === scheme.id)
    .slice(0, MAX_OTHERS);
  const found = await Promise.allSettled(others.map((other) => secrets.get(other.name)));
  return new Map(
    found.flatMap((result, index) =>
      result.status === "fulfilled" ? [[others[index]?.name ?? "", result.value]] : [],
    ),
  );
}
