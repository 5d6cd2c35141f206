import type { S3Client } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { WebhookEvent } from "./event";

/** Largest body that the inbox takes, in bytes, compressed or not; `MAX_BODY_BYTES` in functions/domain/payload.ts. */
const LARGEST_BODY_BYTES = 4_500_000;

export interface PayloadOptions {
  /** Client of @aws-sdk/client-s3 that may `s3:GetObject` below `raw/` of the inbox's bucket. */
  readonly s3: S3Client;
  /**
   * Maximum number of bytes that are read, also after decompressing. @default the largest body that the inbox takes,
   * 4.5 MB
   */
  readonly maxBytes?: number;
}

/** Thrown if a payload is larger than `maxBytes`, or is not the one that the event refers to. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
}

/**
 * Returns an event's payload, whether it is in the event or in S3: a value if it is JSON, its bytes otherwise. An
 * object that `dataref` refers to is fetched, decompressed if it is gzip, and checked against the SHA-256 in its key.
 * It is the body as the provider sent it: a form is returned as bytes, while a small form is an object in `data`.
 * @throws PayloadError
 * @throws NoSuchKey, InvalidObjectState and others of S3 if the object was deleted, or archived in S3 Glacier
 */
export async function payloadOf(event: WebhookEvent, options: PayloadOptions): Promise<unknown> {
  const { data_base64: base64, dataref } = event;
  if (dataref !== undefined) return fetched(dataref, options);
  return base64 === undefined ? event.data : Buffer.from(base64, "base64");
}

async function fetched(dataref: string, { s3, maxBytes = LARGEST_BODY_BYTES }: PayloadOptions) {
  const [, Bucket, Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(dataref) ?? [];
  // Loads the client's module only here: a consumer whose payloads are all small does not need it.
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  // Requests one byte more than allowed, which distinguishes a payload that is too large from one that fits.
  const range = { Range: `bytes=0-${maxBytes}` };
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...range }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  if (bytes.length > maxBytes) throw new PayloadError(`${dataref} has more than ${maxBytes} bytes`);
  assertIs(Key, bytes, dataref);
  return valueOf(unzipped(bytes, maxBytes));
}

/**
 * Checks that an object is the one that its key names: by the first 32 hexadecimal digits of its SHA-256; see
 * `payloadKey` in functions/domain/webhook.ts.
 */
function assertIs(key: string, bytes: Buffer, dataref: string): void {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (key.slice(key.lastIndexOf("/") + 1) !== sha256.slice(0, 32))
    throw new PayloadError(`${dataref} does not have the SHA-256 that its key says: it is ${sha256}`);
}

/**
 * Decompresses gzip. Bytes that look like gzip but are not, or that decompress to too much, are returned unchanged, as
 * in the inbox itself.
 */
function unzipped(bytes: Buffer, maxOutputLength: number): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch {
    return bytes;
  }
}

/** Decides by the bytes and not by the content type, as the inbox itself does. */
function valueOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return bytes;
  }
}
