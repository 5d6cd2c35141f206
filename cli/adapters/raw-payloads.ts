import {
  GetObjectCommand,
  InvalidObjectState,
  NoSuchKey,
  paginateListObjectsV2,
  type GetObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

import type { StoredPayload } from "../stored-payload";

/** A raw payload that S3 lists. */
export interface ListedPayload {
  readonly key: string;
  readonly id: string;
  /** When these bytes last came in, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly size: number;
}

/** A payload with what ingestion wrote beside the bytes. */
export interface RawPayload extends StoredPayload {
  /** The event's type. */
  readonly type: string;
}

/** The raw payloads in S3. */
export class RawPayloads {
  constructor(
    private readonly bucket: string,
    private readonly s3: S3Client,
  ) {}

  async read(key: string): Promise<RawPayload> {
    const object = await this.#get(key);
    return {
      body: await bytesOf(object),
      type: decodeURIComponent(object.Metadata?.["event-type"] ?? "unknown"),
      contentType: object.ContentType ?? "application/json",
    };
  }

  /** A provider's payloads, or those of one event; the first one of each event where attempts differed in their bytes. */
  async list(
    provider: string,
    id: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly ListedPayload[]> {
    const Prefix = `raw/${provider}/${id === undefined ? "" : `${encodeURIComponent(id)}/`}`;
    const first = new Map<string, ListedPayload>();
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.bucket, Prefix },
    )) {
      signal.throwIfAborted();
      for (const { Key: key = "", LastModified, Size: size = 0 } of Contents) {
        const listed = {
          key,
          id: decodeURIComponent(key.split("/")[2] ?? ""),
          receivedAt: Number(LastModified),
          size,
        };
        const before = first.get(listed.id);
        if (!before || listed.receivedAt < before.receivedAt) first.set(listed.id, listed);
      }
    }
    return [...first.values()];
  }

  async #get(key: string): Promise<GetObjectCommandOutput> {
    try {
      return await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    } catch (error) {
      if (error instanceof NoSuchKey) throw new Error(`s3://${this.bucket}/${key} is not there any more`);
      if (!(error instanceof InvalidObjectState)) throw error;
      throw new Error(
        `the payload lies in S3 Glacier; restore it, which takes hours, and run this again: ` +
          `aws s3api restore-object --bucket ${this.bucket} --key '${key}' --restore-request Days=3`,
      );
    }
  }
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
