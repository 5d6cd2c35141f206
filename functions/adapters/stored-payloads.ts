import { GetObjectCommand, InvalidObjectState, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { decodeHeaders, type Header } from "../domain/kept-headers";
import type { RequestSource } from "../domain/consumer-request";
import { headersKey } from "../domain/webhook";
import { orUnavailable } from "./unavailable";

/** Reads payloads from S3. */
export function storedPayloads(Bucket: string, s3: S3Client): RequestSource["payloads"] {
  const get = async (Key: string) => {
    const { Body, ContentType, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { body, contentType: ContentType ?? "application/json", metadata: Metadata };
  };
  const getHeaders = async (key: string): Promise<readonly Header[] | undefined> => {
    try {
      return decodeHeaders((await get(headersKey(key))).body.toString());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
  const read: RequestSource["payloads"]["read"] = async (key) => {
    try {
      const { body, contentType, metadata } = await get(key);
      const { split, headers } = metadata;
      return {
        body,
        contentType,
        split: split === "true",
        headers: headers === undefined ? await getHeaders(key) : decodeHeaders(headers),
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
