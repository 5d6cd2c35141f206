import { GetObjectCommand, InvalidObjectState, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import type { RequestSource } from "../domain/consumer-request";
import { storedHeaders } from "../domain/payload-metadata";
import { headersKey } from "../domain/webhook";
import { orUnavailable } from "./unavailable";

/** Reads payloads from S3. */
export function storedPayloads(Bucket: string, s3: S3Client): RequestSource["payloads"] {
  const get = async (Key: string) => {
    const { Body, ContentType, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { body, contentType: ContentType ?? "application/json", metadata: Metadata };
  };
  const read: RequestSource["payloads"]["read"] = async (key) => {
    try {
      const { body, contentType, metadata } = await get(key);
      const readBeside = async () => (await get(headersKey(key))).body.toString();
      return {
        body,
        contentType,
        split: metadata["split"] === "true",
        headers: await storedHeaders(metadata, readBeside),
      };
    } catch (error) {
      if (error instanceof NoSuchKey) return { impossible: "its payload has expired (payloadRetentionDays)" };
      if (error instanceof InvalidObjectState)
        return { impossible: "its payload is in S3 Glacier: restore it, and redrive it then" };
      throw error;
    }
  };
  return { read: (key: string) => orUnavailable("S3 GetObject", read(key)) };
}
