import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { IngestPorts } from "../domain/ingest-ports";
import { orUnavailable } from "./unavailable";

/** Stores raw payloads in S3, with the metadata that a replay needs. */
export function createPayloadStore(bucket: string, s3: S3Client): IngestPorts["payloads"] {
  return {
    async put({ key, body, contentType, contentEncoding, eventId, eventType, split }) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(contentEncoding && { ContentEncoding: contentEncoding }),
        // Object metadata is ASCII only.
        Metadata: {
          "event-id": encodeURIComponent(eventId),
          "event-type": encodeURIComponent(eventType),
          ...(split && { split: "true" }),
        },
      });
      await orUnavailable("S3 PutObject", s3.send(command));
    },
  };
}
