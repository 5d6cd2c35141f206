import { deduplicationId, recordKey, type Webhook } from "../../../functions/domain/webhook";
import type { IngestPorts } from "../../../functions/domain/ingest-ports";
import { PROVIDER } from "../sender";

/**
 * Ports under which webhooks are known by another key than their own.
 * @param keyOf what it is known by
 */
export function rekeyed(
  ports: IngestPorts,
  keyOf: (webhook: Pick<Webhook, "id" | "key" | "s3Key">) => string,
): IngestPorts {
  const rekey = (webhook: Webhook): Webhook => ({ ...webhook, key: keyOf(webhook) });
  return {
    ...ports,
    records: {
      claim: ({ webhook, ...claim }) =>
        ports.records.claim({ ...claim, key: recordKey(PROVIDER, keyOf(webhook)), webhook: rekey(webhook) }),
    },
    queue: {
      send: ({ webhook, ...message }) =>
        ports.queue.send({
          ...message,
          webhook: rekey(webhook),
          deduplicationId: deduplicationId(rekey(webhook)),
        }),
    },
  };
}
