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
  /** Whether to accept the request regardless of the time of its signature. @default false */
  readonly ignoreTimestamp?: boolean;
}

/** The verdict on a quarantined request by the current secrets, scheme and clock. */
export type SecondVerdict =
  | { readonly ok: true; readonly admitted: AdmittedRequest }
  | {
      readonly ok: false;
      /**
       * Reason for the rejection; `challenge`: the signature is right, but the request is no webhook that can be
       * stored.
       */
      readonly reason: RejectionReason | SecretProblem | "challenge";
      readonly detail: string;
    };

/**
 * Verifies a quarantined request again, as ingestion does, but without checking its address, which the operator judges.
 * If only the address was wrong, ignores the timestamp, which was right when the request was received.
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

/** Returns the index of the secret that signed the request; if the timestamp is wrong, only when it is ignored. */
function indexOf(verdict: Verdict, ignoreTimestamp: boolean): number | undefined {
  if (verdict.ok) return verdict.secretIndex;
  return ignoreTimestamp ? verdict.signedBy : undefined;
}

/**
 * Stores and queues a quarantined request that is now verified, as ingestion does. Counts it as received now: retention
 * starts today, and lists show it first.
 * @throws if it is not durable
 */
export function storeReleased(
  { events }: AdmittedRequest,
  ports: Pick<ReleasePorts, "payloads" | "records" | "queue" | "now">,
): Promise<"new" | "duplicate"> {
  return storeAll(events, ports.now(), ports);
}
