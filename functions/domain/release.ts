import { handshake, type RejectionReason, type Verdict } from "../../providers";
import { asProviderKnowsIt } from "./signed-request";
import type { IngestPorts } from "./ingest-ports";
import type { Provider } from "./provider";
import { readPayload } from "./payload";
import type { RejectedRequest } from "./rejected";
import { SOURCE_NOT_ALLOWED } from "./source-ranges";
import { SecretProblemError, type SecretProblem } from "./secret-problem";
import { admittedEvents, type AdmittedRequest } from "./split";
import { storeAll } from "./store";
import { verifyWithLiveSecrets, type Verified } from "./verify-with-live-secrets";

/** Ports of a release. */
export type ReleasePorts = Pick<IngestPorts, "secrets" | "keys" | "payloads" | "records" | "queue" | "now">;

export interface ReleaseOptions {
  /** Takes it whenever it was signed. @default false */
  readonly ignoreTimestamp?: boolean;
}

/** The verdict on a quarantined request by the current secrets, scheme and clock. */
export type SecondVerdict =
  | { readonly ok: true; readonly admitted: AdmittedRequest }
  | {
      readonly ok: false;
      /** Other than a signature's: it is right now, and the request is still no webhook that can be stored. */
      readonly reason: RejectionReason | SecretProblem | "challenge";
      readonly detail: string;
    };

/**
 * Verifies a quarantined request again, as ingestion does, but for the address that it came from: that is the operator's to
 * judge. If the address was all that was wrong, its time was right when it came.
 * @throws if a service does not answer
 */
export async function verifyAgain(
  rejected: RejectedRequest,
  provider: Provider,
  ports: Pick<ReleasePorts, "secrets" | "keys" | "now">,
  options: ReleaseOptions = {},
): Promise<SecondVerdict> {
  const { requestId, request, reason } = rejected;
  const ignoreTimestamp = options.ignoreTimestamp === true || reason === SOURCE_NOT_ALLOWED;
  const signed = asProviderKnowsIt({ ...request, requestId, pathProvider: provider.name }, provider);
  let verified: Verified;
  try {
    verified = await verifyWithLiveSecrets(signed, provider, ports);
    const { verdict } = verified;
    if (!verdict.ok && ignoreTimestamp && verdict.timestamp !== undefined) {
      const then = verdict.timestamp;
      verified = await verifyWithLiveSecrets(signed, provider, { ...ports, now: () => then });
    }
  } catch (error) {
    if (!(error instanceof SecretProblemError)) throw error;
    return { ok: false, reason: error.reason, detail: error.message };
  }
  const { verdict, secrets } = verified;
  const secretIndex = indexOf(verdict, ignoreTimestamp);
  if (!verdict.ok && secretIndex === undefined)
    return {
      ok: false,
      reason: verdict.reason,
      detail: `${verdict.detail}${verdict.signedBy === undefined ? "" : "; apart from its time its signature is right"}`,
    };

  const payload = readPayload(provider.scheme, signed);
  const secret = secrets[secretIndex ?? -1];
  if (handshake(provider.scheme, signed, payload.value, secret === undefined ? [] : [secret])) {
    return {
      ok: false,
      reason: "challenge",
      detail: "it is a verification challenge, which the provider has to send again",
    };
  }
  return { ok: true, admitted: admittedEvents(signed, provider, payload, verdict.timestamp) };
}

/** Index of the secret that signed it; without a time that can be read only if the time does not matter. */
function indexOf(verdict: Verdict, ignoreTimestamp: boolean): number | undefined {
  if (verdict.ok) return verdict.secretIndex;
  return ignoreTimestamp ? verdict.signedBy : undefined;
}

/**
 * Stores and queues a quarantined request that is verified now, as ingestion does. It counts as received now: retention
 * starts today, and lists show it first.
 * @throws if it is not durable
 */
export function storeReleased(
  { events }: AdmittedRequest,
  ports: Pick<ReleasePorts, "payloads" | "records" | "queue" | "now">,
): Promise<"new" | "duplicate"> {
  return storeAll(events, ports.now(), ports);
}
