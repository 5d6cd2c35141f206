import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { IngestPorts } from "../domain/ingest-ports";
import { payloadMetadata } from "../domain/payload-metadata";
import { headersKey } from "../domain/webhook";
import { orUnavailable } from "./unavailable";

/** Stores raw payloads in S3, with the metadata that a replay needs. */
export function createPayloadStore(bucket: string, s3: S3Client): IngestPorts["payloads"] {
  return {
    async put({ key, body, contentType, contentEncoding, ...described }) {
      const { metadata, beside } = payloadMetadata(described);
      if (beside !== undefined) {
        const command = new PutObjectCommand({ Bucket: bucket, Key: headersKey(key), Body: beside });
        await orUnavailable("S3 PutObject (headers)", s3.send(command));
      }
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(contentEncoding && { ContentEncoding: contentEncoding }),
        Metadata: metadata,
      });
      await orUnavailable("S3 PutObject", s3.send(command));
    },
  };
}
