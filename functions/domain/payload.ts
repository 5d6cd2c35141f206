import { describedBy, formObject, parseForm, type Scheme, type WebhookRequest } from "../../providers";

/** What a verified request carries, as it goes into the event. */
export interface PayloadContent {
  /** The payload as a value; undefined where it is in no form that is read here. */
  readonly value: unknown;
  /** Its JSON text, or else its bytes in base64. */
  readonly data: { readonly text: string } | { readonly base64: string };
  /** Media type of {@link PayloadContent.data}. */
  readonly contentType: string;
  /** Content type of the body as it came, with its parameters: a form's boundary is one. */
  readonly rawContentType: string;
  /** Event type, where only the way in which it is wrapped tells it. */
  readonly type?: string;
}

export type Payload =
  | ({ readonly ok: true } & PayloadContent)
  | { readonly ok: false; readonly status: 400 | 415; readonly detail: string };

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

const isJsonType = (type: string): boolean => /^[a-z]+\/(?:[a-z0-9.-]+\+)?json$/.test(type);

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The payload of a verified request, or what is wrong with it. Never throws.
 *
 * The bytes decide which of the scheme's forms it has, not the content type: that is not signed, and whoever replays a
 * captured request could otherwise choose another reading of it.
 */
export function readPayload(scheme: Scheme, request: WebhookRequest): Payload {
  const types = scheme.contentTypes ?? [JSON_TYPE];
  const declared = describedBy(request.headers, ["content-type"]);
  const rawContentType = /^[\x20-\x7e]{1,256}$/.test(declared ?? "")
    ? (declared ?? "")
    : (types[0] ?? JSON_TYPE);
  const mediaType = (rawContentType.split(";")[0] ?? "").trim().toLowerCase();

  const wrapped = scheme.unwrap?.(request);
  if (wrapped) {
    const read = isJsonType(wrapped.mediaType)
      ? readJson(wrapped.bytes, wrapped.mediaType)
      : asBase64(wrapped.bytes, wrapped.mediaType);
    if (!read) return { ok: false, status: 400, detail: "What the body wraps is not valid JSON." };
    return { ok: true, ...read, rawContentType, ...(wrapped.type !== undefined && { type: wrapped.type }) };
  }
  for (const type of types) {
    const read = readAs(type, request.body, mediaType, types);
    if (read) return { ok: true, ...read, rawContentType };
  }
  if (declared !== undefined && !types.includes(mediaType) && !isJsonType(mediaType)) {
    return {
      ok: false,
      status: 415,
      detail: `${scheme.name} sends ${types.join(" or ")}, not ${mediaType}.`,
    };
  }
  return { ok: false, status: 400, detail: problemOf(request.body, types) };
}

/**
 * A small body as JSON or as a form, for the questions that senders ask before anything is proved; undefined where it
 * is neither.
 */
export function readQuestion({ body }: WebhookRequest): unknown {
  const form = parseForm(body);
  return form ? formObject(form) : readJson(body, JSON_TYPE)?.value;
}

type Read = Omit<PayloadContent, "rawContentType" | "type">;

function readAs(type: string, body: Buffer, declared: string, types: readonly string[]): Read | undefined {
  if (isJsonType(type)) return readJson(body, isJsonType(declared) ? declared : JSON_TYPE);
  if (type === "application/x-ndjson") return readLines(body);
  if (type === FORM_TYPE) return readForm(body);
  if (/[/+]xml$/.test(type))
    return /^\s*</.test(body.toString("latin1", 0, 256)) ? asBase64(body, type) : undefined;
  // What is JSON or wrapped, whatever it calls itself, is nothing else when it cannot be read.
  return types.some(isJsonType) || type !== declared ? undefined : asBase64(body, type);
}

function readJson(body: Buffer, contentType: string): Read | undefined {
  try {
    const text = UTF8.decode(body);
    return { value: JSON.parse(text) as unknown, data: { text }, contentType };
  } catch {
    return undefined;
  }
}

/** A JSON document in each line becomes a list of them, each in its own text. */
function readLines(body: Buffer): Read | undefined {
  const lines = body
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.length === 0 ? undefined : readJson(Buffer.from(`[${lines.join(",")}]`), JSON_TYPE);
}

function readForm(body: Buffer): Read | undefined {
  const form = parseForm(body);
  if (!form) return undefined;
  const value = formObject(form);
  return { value, data: { text: JSON.stringify(value) }, contentType: JSON_TYPE };
}

function asBase64(bytes: Buffer, contentType: string): Read {
  return { value: undefined, data: { base64: bytes.toString("base64") }, contentType };
}

function problemOf(body: Buffer, types: readonly string[]): string {
  if (types.some(isJsonType)) {
    try {
      UTF8.decode(body);
    } catch {
      return "The body is not valid UTF-8.";
    }
    return "The body is not valid JSON; it may have been cut off on the way.";
  }
  return `The body is not valid ${types.join(" or ")}; it may have been cut off on the way.`;
}
