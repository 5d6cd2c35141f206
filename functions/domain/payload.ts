import { gunzipSync } from "node:zlib";
import {
  describedBy,
  formObject,
  parseForm,
  withoutByteOrderMarks,
  type Scheme,
  type WebhookRequest,
} from "../../providers";

/**
 * Largest accepted body, in bytes. Lambda accepts a request of 6 MB, in which the body is base64, a third longer,
 * beside its headers.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_BODY_BYTES = 4_500_000;

/** Payload of a verified request, in the form that goes into the event. */
export interface PayloadContent {
  /** The payload as a value, from which the event's facts are read; undefined if its format is unknown. */
  readonly value: unknown;
  /** JSON text of the payload, or else its bytes in base64. */
  readonly data: { readonly text: string } | { readonly base64: string };
  /**
   * Content type of {@link PayloadContent.data}: the media type, followed by its parameters only if the data is base64.
   */
  readonly contentType: string;
  /** The body as received. */
  readonly raw: {
    /** Content type with its parameters, such as a form's boundary. Always has a media type, whatever was declared. */
    readonly contentType: string;
    readonly contentEncoding?: "gzip";
  };
  /** Event type, if only the envelope around the payload has it. */
  readonly type?: string;
}

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const GZIP_TYPE = "application/gzip";

/**
 * Content types that object metadata and events accept: printable ASCII that begins with a media type.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
const CONTENT_TYPE = /^[\w!#$%&'*+.^`|~-]{1,127}\/[\w!#$%&'*+.^`|~-]{1,127} *(?:;[\x20-\x7e]*)?$/;
const MAX_CONTENT_TYPE_LENGTH = 256;

const isJsonType = (type: string): boolean => /^[a-z]+\/(?:[a-z0-9.-]+\+)?json$/.test(type);

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the payload of a verified request. Never throws: a body in an unknown format is passed on as base64.
 *
 * The bytes decide which form a body has, not the content type or the content encoding: neither is signed, and the
 * provider of a replayed request could otherwise choose how it is read, and so another event id. Only an empty body has
 * no bytes to decide: it is a form if it is declared as one.
 */
export function readPayload(scheme: Scheme, request: WebhookRequest): PayloadContent {
  const contentType = contentTypeOf(scheme, request);
  const content = contentOf(request.body);
  if (!content) {
    const data = { base64: request.body.toString("base64") };
    return { value: undefined, data, contentType: GZIP_TYPE, raw: { contentType } };
  }
  const raw = { contentType, ...(content.compressed && { contentEncoding: "gzip" as const }) };
  const declared = mediaType(contentType);
  const wrapped = scheme.unwrap?.({ ...request, body: content.bytes });
  if (wrapped) {
    const { type } = wrapped;
    const read = isJsonType(wrapped.mediaType)
      ? readJson(wrapped.bytes, wrapped.mediaType)
      : asBase64(wrapped.bytes, wrapped.mediaType);
    if (read) return { ...read, raw, ...(type !== undefined && { type }) };
  }
  const read =
    readJson(content.bytes, isJsonType(declared) ? declared : JSON_TYPE) ??
    readLines(content.bytes) ??
    readForm(content.bytes, declared) ??
    asBase64(content.bytes, contentType);
  return { ...read, raw };
}

/** Reads a small body as JSON or as a form, for challenges that providers send unsigned; undefined if it is neither. */
export function readChallenge({ body }: WebhookRequest): unknown {
  const form = parseForm(body);
  return form ? formObject(form) : readJson(withoutByteOrderMarks(body), JSON_TYPE)?.value;
}

/** Returns the media type of a content type, in lower case and without parameters. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/**
 * Returns the declared content type, or the scheme's first one if the declared one is missing, invalid or cannot be
 * stored.
 */
function contentTypeOf(
  { contentTypes: [usual = JSON_TYPE] = [] }: Scheme,
  { headers }: WebhookRequest,
): string {
  const declared = describedBy(headers, ["content-type"]);
  return declared !== undefined && declared.length <= MAX_CONTENT_TYPE_LENGTH && CONTENT_TYPE.test(declared)
    ? declared
    : usual;
}

interface Content {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

/**
 * Returns the content to read: decompressed, without byte order marks. Undefined for gzip that is cut off or exceeds
 * the maximum body size once decompressed: some kilobytes can hold gigabytes.
 */
function contentOf(body: Buffer): Content | undefined {
  if (!isGzip(body)) return { bytes: withoutByteOrderMarks(body), compressed: false };
  try {
    const bytes = gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES });
    return { bytes: withoutByteOrderMarks(bytes), compressed: true };
  } catch {
    return undefined;
  }
}

/**
 * Returns whether the bytes begin as gzip does, which no text does.
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
 */
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;
}

type Read = Pick<PayloadContent, "value" | "data" | "contentType">;

function readJson(bytes: Buffer, contentType: string): Read | undefined {
  try {
    const text = UTF8.decode(bytes);
    return { value: JSON.parse(text) as unknown, data: { text }, contentType };
  } catch {
    return undefined;
  }
}

/** Reads JSON Lines as a list of the documents, each in its own text. @see https://jsonlines.org */
function readLines(bytes: Buffer): Read | undefined {
  // Look at the first bytes only (Latin-1 has one character for each), to avoid decoding a body in another format.
  if (!/^\s*[[{]/.test(bytes.toString("latin1", 0, 256))) return undefined;
  try {
    const lines = UTF8.decode(bytes)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    // Parse each line alone: a truncated line must not be completed by the next one.
    const value = lines.map((line) => JSON.parse(line) as unknown);
    return { value, data: { text: `[${lines.join(",")}]` }, contentType: JSON_TYPE };
  } catch {
    return undefined;
  }
}

function readForm(bytes: Buffer, declared: string): Read | undefined {
  const empty = bytes.length === 0 && declared === FORM_TYPE;
  const form = empty ? new Map<string, string[]>() : parseForm(bytes);
  if (!form || (declared !== FORM_TYPE && isBase64Text(bytes))) return undefined;
  const value = formObject(form);
  return { value, data: { text: JSON.stringify(value) }, contentType: JSON_TYPE };
}

/**
 * Returns whether `=` occurs only as the padding of base64, which would otherwise be read as a field without a value.
 */
function isBase64Text(bytes: Buffer): boolean {
  const at = bytes.indexOf("=");
  return at >= bytes.length - 2 && bytes.length % 4 === 0 && !bytes.includes("&");
}

function asBase64(bytes: Buffer, contentType: string): Read {
  return { value: lenientValue(bytes), data: { base64: bytes.toString("base64") }, contentType };
}

/**
 * Returns the value of JSON in an encoding other than UTF-8, which cannot be published as text. Reads it as Latin-1:
 * its id, type and ordering key are right as long as they are ASCII.
 */
function lenientValue(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("latin1")) as unknown;
  } catch {
    return undefined;
  }
}
