import type { RawPayload } from "./ingest-ports";
import { decodeHeaders, type Header } from "./kept-headers";

/**
 * Most bytes of an object's metadata, names and values.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
const MAX_METADATA_BYTES = 2_048;

/** In place of headers that are in an object of their own; no base64 has a full stop. */
const BESIDE = ".";

/** What is stored with a payload's bytes. Object metadata is ASCII only. */
export function payloadMetadata({
  eventId,
  eventType,
  split,
  headers,
}: Pick<RawPayload, "eventId" | "eventType" | "split" | "headers">): {
  readonly metadata: Readonly<Record<string, string>>;
  /** The headers, if they are too large for the metadata: an object of their own. */
  readonly beside?: string;
} {
  const metadata = {
    "event-id": encodeURIComponent(eventId),
    "event-type": encodeURIComponent(eventType),
    ...(split && { split: "true" }),
  };
  const all = { ...metadata, headers };
  const fits = Buffer.byteLength(Object.entries(all).flat().join("")) <= MAX_METADATA_BYTES;
  return fits ? { metadata: all } : { metadata: { ...metadata, headers: BESIDE }, beside: headers };
}

/**
 * The headers that were stored with a payload; undefined if it was stored before headers were.
 * @param metadata the object's
 * @param readBeside reads the object beside it
 */
export async function storedHeaders(
  metadata: Readonly<Record<string, string>> | undefined,
  readBeside: () => Promise<string>,
): Promise<readonly Header[] | undefined> {
  const headers = metadata?.["headers"];
  if (headers === undefined) return undefined;
  return decodeHeaders(headers === BESIDE ? await readBeside() : headers);
}
