import { randomUUID } from "node:crypto";
import { compile, isHeader, type CompiledSignature } from "./compile";
import { contentChunks } from "./content";
import { ConfigurationError } from "./errors";
import { describedBy } from "./headers";
import { parseJson, plainText, valueAt } from "./payload";
import type { Scheme } from "./scheme";
import type { HeaderRef } from "./references";
import type { EventLocations } from "./event-locations";
import { editJson, withProperty } from "./json-edit";
import { formatSignatures } from "./signature-header";
import type { SigningMessage } from "./signing-message";
import { formatTime } from "./timestamp";

/** A signed webhook, ready to be sent. */
export interface SignedMessage {
  /** Headers, with names in canonical case. Includes a content type only if signing puts the body into a form. */
  readonly headers: Record<string, string>;
  /** Parameters for the URL's query. */
  readonly query: Record<string, string>;
  /** The given bytes, unless the signature had to be put into the body. */
  readonly body: Buffer;
}

/**
 * Returns the headers with which a provider of this scheme would send the body: the signature, and those for the
 * event's id, type and time. For the few providers that put the proof elsewhere see {@link signMessage}.
 * @throws ConfigurationError for an unusable secret, or for several secrets if the header can contain only one
 * signature
 */
export function sign(scheme: Scheme, message: SigningMessage): Record<string, string> {
  return signMessage(scheme, message).headers;
}

/**
 * Returns the webhook as a provider of this scheme would send it, wherever the proof is.
 * @throws ConfigurationError as {@link sign}
 */
export function signMessage(scheme: Scheme, message: SigningMessage): SignedMessage {
  const compiled = compile(scheme);
  const { verify } = scheme;
  if (verify.kind === "custom") return { query: {}, ...verify.sign(message) };
  const headers = describe(scheme, message);
  if (verify.kind === "none") return { headers, query: {}, body: message.body };

  const secrets = typeof message.secret === "string" ? [message.secret] : message.secret;
  const [first] = secrets;
  if (first === undefined) throw new ConfigurationError(`no secret for scheme ${scheme.id}`);
  if (compiled.signed) return signContent(scheme, compiled.signed, message, secrets, headers);

  if (secrets.length > 1) throw new ConfigurationError(`scheme ${scheme.id} carries one signature`);
  compiled.token(first, 0);
  if (verify.kind === "token" && verify.at.from === "query") {
    return { headers, query: { [verify.at.name]: first }, body: message.body };
  }
  const [name, value] =
    verify.kind === "token" && verify.at.from === "header"
      ? [firstName(verify.at), `${verify.prefix ?? ""}${first}`]
      : ["Authorization", `Basic ${Buffer.from(first).toString("base64")}`];
  return { headers: { ...headers, [name]: value }, query: {}, body: message.body };
}

function signContent(
  scheme: Scheme,
  compiled: CompiledSignature,
  message: SigningMessage,
  secrets: readonly string[],
  headers: Record<string, string>,
): SignedMessage {
  const { verify, algorithm } = compiled;
  const { signature, timestamp } = verify;
  if (secrets.length > roomFor(compiled)) {
    throw new ConfigurationError(`scheme ${scheme.id} carries one signature`);
  }
  const fields = new Map<string, string>();
  let { body } = message;
  if (timestamp) {
    const text = formatTime(message.now, timestamp.unit);
    const { at } = timestamp;
    if (at.from === "field") fields.set(at.name, text);
    else if (at.from === "header") for (const name of namesIn(message, at)) headers[name] = text;
    else body = withValue(body, at.path, /^m?s/.test(timestamp.unit) && !signature.at ? Number(text) : text);
  }
  const needed = (value: string | undefined, what: string): string => {
    if (value === undefined) throw new ConfigurationError(`scheme ${scheme.id} signs ${what}: none given`);
    return value;
  };
  const chunks = contentChunks<never>(compiled.content, {
    body,
    method: () => message.method ?? "POST",
    url: () => needed(message.url, "the URL"),
    header: (ref) => needed(headerOf(ref, headers, message), `header ${firstName(ref)}`),
    field: ({ name }) => needed(fields.get(name), `field ${name}`),
    payload: (ref) => needed(plainText(valueAt(parseJson(body), ref)), `${ref.path.join(".")} of the body`),
  });
  const signatures = secrets.map((secret, index) => algorithm.sign(secret, index, chunks));
  const whole = formatSignatures(signatures, fields, compiled);
  if (signature.at) return { headers, query: {}, body: withValue(body, signature.at.path, whole) };
  for (const [index, name] of signature.headers.entries()) {
    if (signature.read === "numbered") {
      signatures.forEach((one, at) => {
        headers[`${name}-${at + 1}`] = formatSignatures([one], fields, compiled);
      });
    } else if (signature.read === "each") {
      const one = signatures[index];
      if (one) headers[name] = formatSignatures([one], fields, compiled);
    } else if (index === 0 || message.original) headers[name] = whole;
  }
  return { headers, query: {}, body };
}

/** Returns how many signatures a request can have. */
function roomFor({ verify: { signature } }: CompiledSignature): number {
  if (signature.read === "numbered") return 100;
  if (signature.read === "each") return signature.headers.length;
  return signature.value.form === "whole" ? 1 : Infinity;
}

/** Returns the headers with the event's id, type and time. */
function describe({ event }: Scheme, message: SigningMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  // Keep the provider's own id when an original request is signed again.
  const id = message.id ?? (message.original ? undefined : randomUUID());
  const ids = [...event.id.filter(isHeader), ...(event.deliveryId ? [event.deliveryId] : [])];
  if (id !== undefined) for (const ref of ids) headers[firstName(ref)] = id;
  const type = message.type === undefined ? undefined : typeHeader(event, message.type);
  if (type) headers[firstName(type.ref)] = type.value;
  for (const { at, unit } of message.original ? [] : event.time) {
    if (isHeader(at)) headers[firstName(at)] = formatTime(message.now, unit);
  }
  return headers;
}

/**
 * Returns the header that has the event's type, and its part of the type: for `pull_request.opened`, GitHub's header
 * has the text before the dot.
 */
function typeHeader(event: EventLocations, type: string): { ref: HeaderRef; value: string } | undefined {
  const pieces = event.type.find((alternative) => alternative.some((piece) => isHeader(piece)));
  const ref = pieces?.find((piece) => isHeader(piece));
  if (!pieces || !ref || !isHeader(ref)) return undefined;
  const separator = pieces[pieces.indexOf(ref) + 1];
  return { ref, value: typeof separator === "string" ? (type.split(separator)[0] ?? type) : type };
}

/** Returns the value of a signed header: a new one, or the one of the provider's original request. */
function headerOf(
  ref: HeaderRef,
  headers: Readonly<Record<string, string>>,
  { original }: SigningMessage,
): string | undefined {
  const written = ref.names.map((name) => headers[name]).find((value) => value !== undefined);
  return written ?? (original && describedBy(original, ref.names));
}

/** Returns the names under which to write a header: those in the original request, or the most common one. */
function namesIn({ original = {} }: SigningMessage, ref: HeaderRef): readonly string[] {
  const own = ref.names.filter((name) => original[name.toLowerCase()] !== undefined);
  return own.length > 0 ? own : [firstName(ref)];
}

/** Returns the body with one value set. */
function withValue(body: Buffer, path: readonly string[], value: string | number): Buffer {
  return editJson(body, (text) => withProperty(text, path, value));
}

function firstName({ names: [name = ""] }: HeaderRef): string {
  return name;
}
