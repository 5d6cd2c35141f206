import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { IngestPorts } from "../domain/ingest-ports";
import { formatRejected, QUARANTINE_BURST, QUARANTINE_PER_SECOND, rejectedKey } from "../domain/rejected";
import { tokenBuckets } from "../domain/token-bucket";
import { orUnavailable } from "./unavailable";

/** Milliseconds after which a request is not kept: its sender waits for the refusal. */
export const QUARANTINE_TIMEOUT_MS = 1_500;

/**
 * Refused requests in S3, in the bucket of the raw payloads under a prefix of their own.
 * @param enabled keeps them; without it they are only looked into
 */
export function createQuarantine(
  bucket: string,
  s3: S3Client,
  enabled: boolean,
  timeoutMs = QUARANTINE_TIMEOUT_MS,
): IngestPorts["rejected"] {
  const buckets = tokenBuckets(QUARANTINE_BURST, QUARANTINE_PER_SECOND, Date.now);
  return {
    admits: (provider) => buckets.take(provider),
    async keep(rejected) {
      if (!enabled) return false;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: rejectedKey(rejected.id),
        Body: formatRejected(rejected),
        ContentType: "application/json",
        // For lists, which do not read the objects.
        Metadata: {
          reason: rejected.reason,
          cause: rejected.diagnosis.cause,
          bytes: String(rejected.request.body.length),
        },
      });
      const abortSignal = AbortSignal.timeout(timeoutMs);
      await orUnavailable("S3 PutObject (rejected)", s3.send(command, { abortSignal }));
      return true;
    },
  };
}
