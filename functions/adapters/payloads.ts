import type { IngestPorts } from "../domain/ingest-ports";
import { payloadMetadata } from "../domain/payload-metadata";
import { headersKey } from "../domain/webhook";
import type { S3 } from "./clients";
import { orUnavailable } from "./unavailable";

/** Stores raw payloads in S3, with the metadata that a replay needs. */
export function createPayloadStore(bucket: string, s3: S3): IngestPorts["payloads"] {
  return {
    async put({ key, body, contentType, contentEncoding, ...described }) {
      const { metadata, beside } = payloadMetadata(described);
      if (beside !== undefined) {
        const headers = { Bucket: bucket, Key: headersKey(key), Body: beside };
        await orUnavailable("S3 PutObject (headers)", s3.putObject(headers));
      }
      const payload = {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(contentEncoding && { ContentEncoding: contentEncoding }),
        Metadata: metadata,
      };
      await orUnavailable("S3 PutObject", s3.putObject(payload));
    },
    async remove(key) {
      for (const Key of [key, headersKey(key)])
        await orUnavailable("S3 DeleteObject", s3.deleteObject({ Bucket: bucket, Key }));
    },
  };
}
