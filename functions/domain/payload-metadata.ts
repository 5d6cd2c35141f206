import type { RawPayload } from "./ingest-ports";
import { decodeHeaders, type Header } from "./kept-headers";

/**
 * Maximum size of an object's metadata (names and values), in bytes.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
const MAX_METADATA_BYTES = 2_048;

/** Value that marks headers as stored in an object of their own; base64 never contains a full stop. */
const BESIDE = ".";

/** Returns the metadata to store with a payload, in ASCII as S3 requires. */
export function payloadMetadata({
  eventId,
  eventType,
  split,
  headers,
}: Pick<RawPayload, "eventId" | "eventType" | "split" | "headers">): {
  readonly metadata: Readonly<Record<string, string>>;
  /** Headers for an object of their own, if they are too large for the metadata. */
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
 * Returns the headers stored with a payload; undefined if it was stored by a version that did not yet store headers.
 * @param metadata the payload object's metadata
 * @param readBeside reads the object with the headers
 */
export async function storedHeaders(
  metadata: Readonly<Record<string, string>> | undefined,
  readBeside: () => Promise<string>,
): Promise<readonly Header[] | undefined> {
  const headers = metadata?.["headers"];
  if (headers === undefined) return undefined;
  return decodeHeaders(headers === BESIDE ? await readBeside() : headers);
}
