import { coverage, diagnose } from "../../providers";
import { describeError } from "./errors";
import type { IngestPorts } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import type { Provider } from "./provider";
import {
  isGenuine,
  isRejection,
  reasonNotQuarantined,
  rejectedRequest,
  type Finding,
  type NotTaken,
  type Quarantined,
} from "./rejected";

/** Maximum number of other providers whose secrets are tried: accounts of one provider are easily mixed up. */
const MAX_OTHERS = 4;

/**
 * Diagnoses and quarantines a rejected request, so that it can be released once a wrong secret is fixed. The response
 * does not depend on it: it never rejects, and waits for at most two calls, each with a time limit.
 */
export async function quarantine(
  request: IngestRequest,
  provider: Provider,
  evidence: {
    readonly rejection: NotTaken;
    /** Secrets that did not match; absent if none was tried. */
    readonly secrets?: readonly string[];
    readonly fetched?: string | undefined;
  },
  receivedAt: number,
  ports: IngestPorts,
): Promise<Quarantined> {
  const { rejection, secrets = [], fetched } = evidence;
  const notQuarantined = reasonNotQuarantined(provider, request, rejection);
  if (notQuarantined !== undefined) return { quarantined: false, notQuarantined };
  if (!isGenuine(provider, rejection) && !ports.rejected.admits(provider.name))
    return { quarantined: false, notQuarantined: "rate limit exceeded" };
  let diagnosis: Finding | undefined;
  try {
    if (isRejection(rejection)) {
      const others =
        rejection.reason === "signature_mismatch" ? await secretsOfOthers(provider, ports) : undefined;
      diagnosis = diagnose(provider.scheme, {
        ...{ rejection, request, secrets, fetched },
        now: receivedAt,
        clock: processorTime,
        ...(others && { others }),
      });
    } else {
      const { reason, detail } = rejection;
      diagnosis = { cause: coverage(provider.scheme) === "unsigned" ? "unsigned" : reason, detail };
    }
    const rejected = rejectedRequest(provider, request, rejection, diagnosis, receivedAt);
    const kept = await ports.rejected.keep(rejected);
    return { quarantined: kept, ...(kept && { rejectedId: rejected.id }), diagnosis };
  } catch (error) {
    return { quarantined: false, notQuarantined: describeError(error), ...(diagnosis && { diagnosis }) };
  }
}

/** Returns the milliseconds of CPU time, not of the clock: with a fraction of a CPU the function mostly waits. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Returns the live secrets of other providers with the same scheme, without those that cannot be read. */
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
