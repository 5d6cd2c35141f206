import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import {
  parseRejected,
  receivedAtOf,
  REJECTED_PREFIX,
  rejectedIdIn,
  rejectedKey,
  type RejectedRequest,
} from "../functions/domain/rejected";
import type { Inbox } from "./connect";

/** Number of objects whose metadata is requested concurrently. */
const CONCURRENT_HEADS = 50;

/** A quarantined request, as lists show it. */
export interface ListedRejected {
  /** `<provider>/<time>-<...>` */
  readonly id: string;
  readonly provider: string;
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  readonly reason: string;
  /** Cause of the rejection by the diagnosis. */
  readonly cause: string;
  /** Size of the body, in bytes. */
  readonly bytes: number;
}

/** Selects quarantined requests; an absent criterion matches all. */
export interface RejectedFilter {
  readonly provider?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch, as `before`. */
  readonly since?: number;
  readonly before?: number;
}

export interface RejectedPage {
  /** Requests in the order of arrival. */
  readonly listed: readonly ListedRejected[];
  /** Whether there may be older requests. */
  readonly more: boolean;
}

/** Reads the requests that the ingestion function quarantined in S3. */
export class RejectedRequests {
  constructor(private readonly inbox: Inbox) {}

  /** Returns the newest requests that match. */
  async find(filter: RejectedFilter, signal: AbortSignal, limit = Infinity): Promise<RejectedPage> {
    const ids = [...(await this.ids(filter, signal))];
    const found: ListedRejected[] = [];
    while (ids.length > 0 && found.length < limit) {
      signal.throwIfAborted();
      const newest = ids.splice(-CONCURRENT_HEADS);
      const described = await Promise.all(newest.map((id) => this.#describe(id)));
      const listed = described.filter((one) => one !== undefined);
      found.unshift(...listed.filter((one) => filter.reason === undefined || one.reason === filter.reason));
    }
    return { listed: found.slice(-limit), more: ids.length > 0 || found.length > limit };
  }

  /** Returns a request as lists show it; undefined if it is gone: released, or expired. */
  async describe(id: string): Promise<ListedRejected | undefined> {
    return rejectedKey(id) === undefined ? undefined : this.#describe(id);
  }

  /** Returns a request; undefined if it is gone. */
  async read(id: string): Promise<RejectedRequest | undefined> {
    const Key = rejectedKey(id);
    if (Key === undefined) return undefined;
    try {
      const { Body } = await this.inbox.clients.s3.send(
        new GetObjectCommand({ Bucket: this.inbox.outputs.s3_bucket_name, Key }),
      );
      return parseRejected((await Body?.transformToString()) ?? "");
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    await this.inbox.clients.s3.send(
      new DeleteObjectCommand({ Bucket: this.inbox.outputs.s3_bucket_name, Key: rejectedKey(id) }),
    );
  }

  /** Returns ids in the order of arrival, whatever the reasons of the rejections are. */
  async ids(
    { provider, since = -Infinity, before = Infinity }: RejectedFilter,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.inbox.clients.s3 },
      {
        Bucket: this.inbox.outputs.s3_bucket_name,
        Prefix: `${REJECTED_PREFIX}${provider === undefined ? "" : `${provider}/`}`,
      },
    )) {
      signal.throwIfAborted();
      ids.push(...Contents.flatMap(({ Key = "" }) => rejectedIdIn(Key) ?? []));
    }
    return ids
      .filter((id) => receivedAtOf(id) >= since && receivedAtOf(id) < before)
      .sort((a, b) => receivedAtOf(a) - receivedAtOf(b) || (a < b ? -1 : 1));
  }

  async #describe(id: string): Promise<ListedRejected | undefined> {
    try {
      const { Metadata = {} } = await this.inbox.clients.s3.send(
        new HeadObjectCommand({ Bucket: this.inbox.outputs.s3_bucket_name, Key: rejectedKey(id) }),
      );
      return {
        id,
        provider: id.split("/")[0] ?? "",
        receivedAt: new Date(receivedAtOf(id)).toISOString(),
        reason: Metadata["reason"] ?? "unknown",
        cause: Metadata["cause"] ?? "unknown",
        bytes: Number(Metadata["bytes"] ?? 0),
      };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }
}
