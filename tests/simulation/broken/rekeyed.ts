import { deduplicationId, recordKey, type Webhook } from "../../../functions/domain/webhook";
import type { IngestPorts } from "../../../functions/domain/ingest-ports";
import { PROVIDER } from "../sender";

/**
 * Returns ports under which webhooks have another key than their own.
 * @param keyOf returns the key of a webhook
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
