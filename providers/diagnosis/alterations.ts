import { parseForm } from "../engine/form";
import type { WebhookRequest } from "../engine/request";
import { isSigned, type Scheme } from "../engine/scheme";
import { structureOf } from "../engine/unproved";

/** A variant of a request, with one thing as it may have been when the request was signed. */
export interface Alteration {
  readonly body?: Buffer;
  readonly url?: string;
  /** Completes "the body ..." or "the address ...". */
  readonly how: string;
}

/**
 * Yields the request as its provider may have signed it, each time without one change that is known to happen in
 * transit. Each variant is written only when the caller asks for the next one.
 */
export function* asSent(scheme: Scheme, request: WebhookRequest): Generator<Alteration> {
  const { verify } = scheme;
  const computed = isSigned(verify) || verify.kind === "custom";
  if (!computed) return;
  const signsUrl =
    verify.kind === "custom" ||
    verify.content.some((part) => typeof part !== "string" && part.from === "url");
  if (signsUrl && request.url !== undefined) yield* addresses(request.url, request.query ?? {});
  if (scheme.covers !== undefined) return;
  for (const [how, body] of bodies(request.body)) {
    if (!body.equals(request.body)) yield { body, how };
  }
}

function* addresses(url: string, query: Readonly<Record<string, string>>): Generator<Alteration> {
  const ended = url.endsWith("/");
  yield {
    url: ended ? url.slice(0, -1) : `${url}/`,
    how: ended ? "without the slash at its end" : "with a slash at its end",
  };
  const secure = url.startsWith("https:");
  yield {
    url: url.replace(/^https?:/, secure ? "http:" : "https:"),
    how: secure ? "with http" : "with https",
  };
  const parameters = new URLSearchParams(query).toString();
  if (parameters !== "" && !url.includes("?")) yield { url: `${url}?${parameters}`, how: "with its query" };
  if (url.includes("?")) yield { url: url.slice(0, url.indexOf("?")), how: "without its query" };
}

function* bodies(body: Buffer): Generator<readonly [string, Buffer]> {
  // Use one character per byte, so that bytes that are not UTF-8 are kept.
  const bytes = body.toString("latin1");
  const of = (changed: string) => Buffer.from(changed, "latin1");
  yield ["without the line end at its end", of(bytes.replace(/\r?\n$/, ""))];
  yield ["with a line end at its end", of(`${bytes}\n`)];
  yield ["with LF for CRLF", of(bytes.replaceAll("\r\n", "\n"))];
  yield ["with CRLF for LF", of(bytes.replace(/\r?\n/g, "\r\n"))];
  yield ["without the byte order mark", of(bytes.replace(/^\u00ef\u00bb\u00bf/, ""))];
  yield ["with a byte order mark", of(`\u00ef\u00bb\u00bf${bytes}`)];
  yield ["in UTF-8, if it was sent as Latin-1", Buffer.from(bytes, "utf8")];
  const text = body.toString("utf8");
  if (/^[\u0000-\u00ff]*$/.test(text)) yield ["before its UTF-8 was taken for Latin-1", of(text)];
  if (/^[A-Za-z0-9+/\s]+={0,2}$/.test(bytes.trimEnd()))
    yield ["decoded from base64", Buffer.from(bytes, "base64")];
  if (!/^\s*[[{]/.test(text)) yield* forms(body);
  else if (structureOf(text, MAX_STRUCTURE) <= MAX_STRUCTURE) {
    const json = withoutThrowing(() => JSON.parse(text) as unknown);
    if (typeof json === "object" && json !== null) yield* jsonTexts(json);
  }
}

/**
 * Largest structure of JSON that is written again, some 50,000 values: a larger one takes longer than a diagnosis may.
 */
const MAX_STRUCTURE = 1_600_000;

/**
 * Yields JSON as the usual libraries write it: a program that parses and writes it again changes white space and
 * escapes.
 */
function* jsonTexts(value: object): Generator<readonly [string, Buffer]> {
  // Skip deeply nested values: they can be parsed, which needs no recursion, but not written.
  const compact = withoutThrowing(() => JSON.stringify(value));
  if (compact === undefined) return;
  const isAscii = !/[\u0080-\uffff]/.test(compact);
  const styles: readonly (readonly [string, (json: string) => string])[] = [
    ["as JSON without white space", (json) => json],
    ["as JSON with spaces after commas and colons", withSpaces],
    ["as JSON with escaped slashes", (json) => json.replaceAll("/", "\\/")],
  ];
  for (const [how, write] of styles) {
    const text = write(compact);
    yield [how, Buffer.from(text)];
    if (!isAscii) yield [`${how}, with other characters than ASCII escaped`, Buffer.from(withEscapes(text))];
  }
  if (depthOf(compact) > MAX_INDENTED_DEPTH) return;
  yield ["as JSON indented by two spaces", Buffer.from(JSON.stringify(value, null, 2))];
}

/** Deepest nesting that is indented: a body of nothing but brackets would become a thousand times as long. */
const MAX_INDENTED_DEPTH = 32;

/** Returns how deep a JSON text is nested, or a larger number if its strings contain brackets. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of json.match(/[[\]{}]/g) ?? []) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/**
 * Adds spaces after commas and colons, as Python writes them. The pattern's last quote is optional: otherwise a string
 * without an end would be searched again from each quote.
 * @param json without white space
 */
function withSpaces(json: string): string {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"?|[,:]/g, (part) => (part.length === 1 ? `${part} ` : part));
}

function withEscapes(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Yields a form with the spaces and escapes of other libraries. */
function* forms(body: Buffer): Generator<readonly [string, Buffer]> {
  const form = parseForm(body);
  if (!form) return;
  const pairs = [...form].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
  const text = new URLSearchParams(pairs).toString();
  yield ["as a form with + for spaces", Buffer.from(text)];
  yield ["as a form with %20 for spaces", Buffer.from(text.replaceAll("+", "%20"))];
}

function withoutThrowing<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
