import type { IngestPorts } from "../domain/ingest-ports";
import { formatRejected, QUARANTINE_BURST, QUARANTINE_PER_SECOND, rejectedKey } from "../domain/rejected";
import { tokenBuckets } from "../domain/token-bucket";
import type { S3 } from "./clients";
import { orUnavailable } from "./unavailable";

/** Milliseconds after which quarantining is abandoned: the provider is waiting for the response. */
export const QUARANTINE_TIMEOUT_MS = 1_500;

/**
 * Quarantines rejected requests in S3, under a prefix of the raw-payload bucket.
 * @param enabled whether requests are stored; otherwise they are only diagnosed
 */
export function createQuarantine(
  bucket: string,
  s3: S3,
  enabled: boolean,
  timeoutMs = QUARANTINE_TIMEOUT_MS,
): IngestPorts["rejected"] {
  const buckets = tokenBuckets(QUARANTINE_BURST, QUARANTINE_PER_SECOND, Date.now);
  return {
    admits: (provider) => buckets.take(provider),
    async keep(rejected) {
      const Key = rejectedKey(rejected.id);
      if (!enabled || Key === undefined) return false;
      const object = {
        Bucket: bucket,
        Key,
        Body: formatRejected(rejected),
        ContentType: "application/json",
        // Repeat these facts for lists, which do not read the objects.
        Metadata: {
          reason: rejected.reason,
          cause: rejected.diagnosis.cause,
          bytes: String(rejected.request.body.length),
        },
      };
      const abortSignal = AbortSignal.timeout(timeoutMs);
      await orUnavailable("S3 PutObject (rejected)", s3.putObject(object, { abortSignal }));
      return true;
    },
  };
}
