import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  InvalidObjectState,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
  type GetObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

import type { Header } from "../functions/domain/kept-headers";
import { storedHeaders } from "../functions/domain/payload-metadata";
import { headersKey, idInKey, isHeadersKey, payloadPrefix } from "../functions/domain/webhook";
import type { Inbox } from "./connect";
import type { WebhookRecord } from "./records/record";
import type { StoredPayload } from "./stored-payload";

/** A raw payload that S3 lists. */
export interface ListedPayload {
  readonly s3Key: string;
  /** Key of the webhook within its provider. */
  readonly key: string;
  /** When these bytes last were received, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly size: number;
}

/** A payload with the metadata that ingestion stored with it. */
export interface RawPayload extends StoredPayload {
  /** The event's id. */
  readonly id: string;
  /** The event's type. */
  readonly type: string;
  /** Headers of the request that are kept; undefined if the payload was stored before any were. */
  readonly headers: readonly Header[] | undefined;
}

/** An object that holds a payload. */
export interface PayloadObject {
  readonly uri: string;
  readonly bytes: number;
  /** Storage class of the object; absent for S3 Standard. */
  readonly storageClass?: string;
}

/** Thrown for a payload that is not in the bucket any more. */
export class PayloadGoneError extends Error {
  override readonly name = "PayloadGoneError";

  constructor(uri: string) {
    super(
      `the payload ${uri} is gone: it is older than payloadRetentionDays, or was deleted. Nothing can publish it again`,
    );
  }
}

/** Thrown for a payload that has to be restored first. */
export class PayloadFrozenError extends Error {}

/** The raw payloads in S3. */
export class RawPayloads {
  readonly #bucket: string;
  readonly #s3: S3Client;

  constructor({ outputs, clients }: Inbox) {
    this.#bucket = outputs.s3_bucket_name;
    this.#s3 = clients.s3;
  }

  /** Returns the payload byte for byte as it was received; undefined if it is gone. */
  async bytes(s3Key: string): Promise<Buffer | undefined> {
    try {
      return await bytesOf(await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: s3Key })));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Returns where a payload is and how S3 keeps it; undefined if it is gone. */
  async describe(s3Key: string): Promise<PayloadObject | undefined> {
    try {
      const { ContentLength = 0, StorageClass } = await this.#s3.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: s3Key }),
      );
      const storageClass = StorageClass !== undefined && { storageClass: StorageClass };
      return { uri: `s3://${this.#bucket}/${s3Key}`, bytes: ContentLength, ...storageClass };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** @throws {PayloadGoneError} */
  async assertStored(s3Key: string): Promise<void> {
    if (!(await this.describe(s3Key))) throw new PayloadGoneError(`s3://${this.#bucket}/${s3Key}`);
  }

  /** @throws {PayloadGoneError} */
  async read(s3Key: string): Promise<RawPayload> {
    const object = await this.#get(s3Key);
    return {
      body: await bytesOf(object),
      id: decodeURIComponent(object.Metadata?.["event-id"] ?? keyIn(s3Key)),
      type: decodeURIComponent(object.Metadata?.["event-type"] ?? "unknown"),
      contentType: object.ContentType ?? "application/json",
      split: object.Metadata?.["split"] === "true",
      headers: await storedHeaders(object.Metadata, async () =>
        (await bytesOf(await this.#get(headersKey(s3Key)))).toString(),
      ),
    };
  }

  /** Returns the names of all providers with payloads, including those that are no longer configured. */
  async providers(): Promise<readonly string[]> {
    const { CommonPrefixes = [] } = await this.#s3.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: "raw/", Delimiter: "/" }),
    );
    return CommonPrefixes.map(({ Prefix = "" }) => Prefix.split("/")[1] ?? "");
  }

  /** Returns the keys of webhooks that have this event id but another key, in no order. */
  async keysOf(provider: string, id: string, signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes = [] } of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: `${payloadPrefix(provider, id)}~`, Delimiter: "/" },
    )) {
      signal.throwIfAborted();
      found.push(...CommonPrefixes.map(({ Prefix = "" }) => keyIn(Prefix)));
    }
    return found.filter((key) => idInKey(key) === id);
  }

  /** Returns the keys of a provider's webhooks that begin with a prefix, among the first thousand that S3 lists. */
  async keysStartingWith(provider: string, prefix: string, signal: AbortSignal): Promise<readonly string[]> {
    const { CommonPrefixes = [] } = await this.#s3.send(
      new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: payloadPrefix(provider, prefix),
        Delimiter: "/",
      }),
      { abortSignal: signal },
    );
    return CommonPrefixes.map(({ Prefix = "" }) => keyIn(Prefix));
  }

  /**
   * Returns a provider's payloads, or those of one key; only the first one of a key whose attempts differed in their
   * bytes.
   */
  async list(
    provider: string,
    ofKey: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly ListedPayload[]> {
    const Prefix = ofKey === undefined ? `raw/${provider}/` : `${payloadPrefix(provider, ofKey)}/`;
    const first = new Map<string, ListedPayload>();
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix },
    )) {
      signal.throwIfAborted();
      for (const { Key: s3Key = "", LastModified, Size: size = 0 } of Contents) {
        if (isHeadersKey(s3Key)) continue;
        const listed = { s3Key, key: keyIn(s3Key), receivedAt: Number(LastModified), size };
        const before = first.get(listed.key);
        if (!before || listed.receivedAt < before.receivedAt) first.set(listed.key, listed);
      }
    }
    return [...first.values()];
  }

  async #get(key: string): Promise<GetObjectCommandOutput> {
    try {
      return await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      if (error instanceof NoSuchKey) throw new PayloadGoneError(`s3://${this.#bucket}/${key}`);
      if (!(error instanceof InvalidObjectState)) throw error;
      throw new PayloadFrozenError(
        `the payload is in S3 Glacier; restore it, which takes hours, and run this again: ` +
          `aws s3api restore-object --bucket ${this.#bucket} --key '${key}' --restore-request Days=3`,
      );
    }
  }
}

/** Reads a webhook's payload byte for byte as it was received; undefined if it is gone. */
export async function readPayload(inbox: Inbox, { s3Key }: WebhookRecord): Promise<Buffer | undefined> {
  return s3Key === undefined ? undefined : new RawPayloads(inbox).bytes(s3Key);
}

/** Returns the webhook's key that an object's key, or a prefix of it, contains. */
function keyIn(s3Key: string): string {
  return decodeURIComponent(s3Key.split("/")[2] ?? "");
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
