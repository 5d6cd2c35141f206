import { handshake, type RefusalReason } from "../../providers";
import { admittedOf, asProviderKnowsIt, store, verifyWithLiveSecrets, type Admitted } from "./ingest";
import type { IngestPorts } from "./ingest-ports";
import type { Provider } from "./provider";
import { readPayload } from "./payload";
import type { RejectedRequest } from "./rejected";

/** What letting a kept request in needs of the outside. */
export type ReleasePorts = Pick<IngestPorts, "secrets" | "keys" | "payloads" | "records" | "queue" | "now">;

export interface ReleaseOptions {
  /** Takes it whenever it was signed. @default false */
  readonly ignoreTimestamp?: boolean;
}

/** The verdict on a kept request by today's secrets, scheme and clock. */
export type SecondVerdict =
  | { readonly ok: true; readonly admitted: Admitted }
  | {
      readonly ok: false;
      /** Other than a signature's: it is right now, and the request is still no webhook that can be stored. */
      readonly reason: RefusalReason | "payload_unreadable" | "question";
      readonly detail: string;
    };

/** Verifies a kept request again, as ingestion does. @throws where a service does not answer */
export async function verifyAgain(
  rejected: RejectedRequest,
  provider: Provider,
  ports: Pick<ReleasePorts, "secrets" | "keys" | "now">,
  { ignoreTimestamp = false }: ReleaseOptions = {},
): Promise<SecondVerdict> {
  const { requestId, request } = rejected;
  const signed = asProviderKnowsIt({ ...request, requestId, pathProvider: provider.name }, provider);
  let { verdict, secrets } = await verifyWithLiveSecrets(signed, provider, ports);
  if (!verdict.ok && ignoreTimestamp && verdict.timestamp !== undefined) {
    const then = verdict.timestamp;
    ({ verdict, secrets } = await verifyWithLiveSecrets(signed, provider, { ...ports, now: () => then }));
  }
  if (!verdict.ok) return { ok: false, reason: verdict.reason, detail: verdict.detail };

  const payload = readPayload(provider.scheme, signed);
  if (!payload.ok) return { ok: false, reason: "payload_unreadable", detail: payload.detail };
  const secret = secrets[verdict.secretIndex];
  if (handshake(provider.scheme, signed, payload.value, secret === undefined ? [] : [secret])) {
    return { ok: false, reason: "question", detail: "its sender waited for an answer, and asks again" };
  }
  return { ok: true, admitted: admittedOf(signed, provider, payload) };
}

/**
 * Stores and queues a kept request that is verified now, as ingestion does. It counts as received now: its record is
 * kept from today on, and lists show it at the top.
 * @throws where it is not durable
 */
export function letIn(admitted: Admitted, ports: ReleasePorts): Promise<"new" | "duplicate"> {
  return store(admitted, ports.now(), ports);
}
