import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { readEvent } from "../../../providers";
import { readPayload } from "../../domain/payload";
import type { Provider } from "../../domain/provider";
import type { ReconcilePorts } from "../../domain/reconcile-ports";
import { parseRejected, receivedAtOf, REJECTED_PREFIX, rejectedIdIn } from "../../domain/rejected";
import { eventId } from "../../domain/webhook";
import { hasCode } from "../aws-error";

/**
 * Maximum number of quarantined requests that are read, newest first: a flood of forged ones must not use up the run.
 */
const MAX_READ = 500;

const AT_ONCE = 20;

/** Returns a function that reads the event ids of a provider's quarantined requests. */
export function quarantinedIds(
  Bucket: string,
  provider: Provider,
  s3: S3Client,
): ReconcilePorts["quarantined"] {
  const idOf = async (Key: string): Promise<string[]> => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const { request, requestId } = parseRejected((await Body?.transformToString()) ?? "");
      const payload = readPayload(provider.scheme, request);
      return [eventId(readEvent(provider.scheme, request, payload.value, { requestId }).id)];
    } catch (error) {
      // Skip a request that was released or expired meanwhile. S3 answers AccessDenied instead of NoSuchKey to callers
      // that may not list the whole bucket.
      if (error instanceof NoSuchKey || hasCode(error, "AccessDenied")) return [];
      throw error;
    }
  };
  return async (since) => {
    const keys: string[] = [];
    const Prefix = `${REJECTED_PREFIX}${provider.name}/`;
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
      for (const { Key = "" } of Contents) {
        const id = rejectedIdIn(Key);
        if (id !== undefined && receivedAtOf(id) >= since) keys.push(Key);
      }
    const newest = keys.slice(-MAX_READ);
    const ids = new Set<string>();
    while (newest.length > 0)
      for (const id of (await Promise.all(newest.splice(0, AT_ONCE).map(idOf))).flat()) ids.add(id);
    return ids;
  };
}
