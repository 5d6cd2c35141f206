import { cachedKeys, fetchText } from "../../functions/adapters/keys";
import { createPayloadStore } from "../../functions/adapters/payloads";
import { createQueueSender } from "../../functions/adapters/queue";
import { createRecordStore } from "../../functions/adapters/records";
import type { ReleasePorts } from "../../functions/domain/release";
import { liveSecrets, type StoredSecret } from "../../functions/domain/stored-secrets";
import type { Inbox } from "../connect";
import { providerNamed } from "../outputs";
import { secretStore } from "../secrets";

/**
 * Returns the ports of ingestion for use from this machine: the same stores, used in the same way, and the current
 * secrets.
 */
export function releasePorts({ outputs, clients }: Inbox): ReleasePorts {
  const read = new Map<string, Promise<readonly StoredSecret[]>>();
  const stored = (name: string): Promise<readonly StoredSecret[]> => {
    const ref = providerNamed(name, outputs)?.secret;
    const secrets = read.get(name) ?? (ref ? secretStore(ref, clients).read() : Promise.resolve([]));
    read.set(name, secrets);
    return secrets;
  };
  return {
    secrets: {
      get: async (name) => liveSecrets(await stored(name), Date.now()),
      refresh: () => Promise.resolve(false),
      learn: () => Promise.resolve(false),
    },
    keys: cachedKeys(fetchText, Date.now, () => undefined),
    payloads: createPayloadStore(outputs.s3_bucket_name, clients.s3),
    records: createRecordStore(outputs.dynamodb_table_name, clients.dynamodb, outputs.record_retention_days),
    queue: createQueueSender(outputs.sqs_queue_url, clients.sqs),
    now: Date.now,
  };
}
