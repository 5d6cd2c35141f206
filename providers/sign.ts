import { randomUUID } from "node:crypto";
import { compile, isHeader } from "./compile";
import { computeHmac, contentChunks } from "./content";
import type { CustomVerification } from "./custom/verification";
import { ConfigurationError } from "./errors";
import { isHmac, type EventLocations, type HeaderRef, type HmacScheme, type Scheme } from "./scheme";
import { formatSignatures } from "./signature-header";
import { formatTime } from "./timestamp";

/** A webhook to sign. */
export interface SigningMessage {
  /** The bytes that will be sent. */
  readonly body: Buffer;
  /** Several sign side by side, as a sender does while a secret is replaced, where the scheme's header has room. */
  readonly secret: string | readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Value of the scheme's id header, if it has one; a random one by default. */
  readonly id?: string;
  /** Event type for schemes that send it in a header, e.g. `orders/create` or `pull_request.opened`. */
  readonly type?: string;
  /** Public URL of the endpoint, for schemes that sign it. */
  readonly url?: string;
  /** `POST` by default. */
  readonly method?: string;
}

/** A signed webhook, ready to be sent. */
export interface SignedMessage {
  /** Names are in canonical case; the content type is there only where the body is no JSON. */
  readonly headers: Record<string, string>;
  /** Parameters for the URL's query. */
  readonly query: Record<string, string>;
  /** The given bytes, except where the signature is in the body and had to be put there. */
  readonly body: Buffer;
}

/**
 * The webhook as a sender of this scheme would send it, wherever the proof goes.
 * @throws ConfigurationError as {@link sign}
 */
export function signMessage(scheme: Scheme, message: SigningMessage): SignedMessage {
  if (!isHmac(scheme)) return { query: {}, ...(scheme.verify as CustomVerification).sign(message) };
  return { headers: signHmac(scheme, message), query: {}, body: message.body };
}

/**
 * The headers with which a sender of this scheme would send the body: its signature, and those for id, type and time
 * that it has. Names are in canonical case; the content type is left to the caller.
 * @throws ConfigurationError for an unusable secret, or several secrets where the header has room for one signature
 */
export function sign(scheme: Scheme, message: SigningMessage): Record<string, string> {
  return signMessage(scheme, message).headers;
}

function signHmac(scheme: HmacScheme, message: SigningMessage): Record<string, string> {
  const compiled = compile(scheme);
  const { verify } = compiled;
  const secrets = typeof message.secret === "string" ? [message.secret] : message.secret;
  if (secrets.length === 0) throw new ConfigurationError(`no secret for scheme ${scheme.id}`);
  if (secrets.length > 1 && verify.signature.value.form === "whole") {
    throw new ConfigurationError(`scheme ${scheme.id} carries one signature`);
  }

  const headers = describe(scheme, message);
  const fields = new Map<string, string>();
  if (verify.timestamp) {
    const { at, unit } = verify.timestamp;
    const text = formatTime(message.now, unit);
    if (at.from === "field") fields.set(at.name, text);
    else headers[firstName(at)] = text;
  }
  const needed = (value: string | undefined, what: string): string => {
    if (value === undefined) throw new ConfigurationError(`scheme ${scheme.id} signs ${what}: none given`);
    return value;
  };
  const chunks = contentChunks<never>(verify.content, {
    body: message.body,
    method: () => message.method ?? "POST",
    url: () => needed(message.url, "the URL"),
    header: (ref) => needed(headers[firstName(ref)], `header ${firstName(ref)}`),
    field: ({ name }) => needed(fields.get(name), `field ${name}`),
  });
  const signatures = secrets.map((secret, index) =>
    computeHmac(verify.hash, compiled.key(secret, index), chunks),
  );
  const [signatureName = ""] = verify.signature.headers;
  return { ...headers, [signatureName]: formatSignatures(signatures, fields, compiled) };
}

/** The headers that say which event this is. */
function describe({ event }: Scheme, message: SigningMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  const id = message.id ?? randomUUID();
  for (const ref of event.id.filter(isHeader)) headers[firstName(ref)] = id;
  if (event.deliveryId) headers[firstName(event.deliveryId)] = id;
  const type = message.type === undefined ? undefined : typeHeader(event, message.type);
  if (type) headers[firstName(type.ref)] = type.value;
  for (const { at, unit } of event.time) {
    if (isHeader(at)) headers[firstName(at)] = formatTime(message.now, unit);
  }
  return headers;
}

/** The type's header and its part of the type: of `pull_request.opened` GitHub's header holds what is before the dot. */
function typeHeader(event: EventLocations, type: string): { ref: HeaderRef; value: string } | undefined {
  const pieces = event.type.find((alternative) => alternative.some(isHeader));
  const ref = pieces?.find(isHeader);
  if (!pieces || !ref) return undefined;
  const separator = pieces[pieces.indexOf(ref) + 1];
  return { ref, value: typeof separator === "string" ? (type.split(separator)[0] ?? type) : type };
}

function firstName({ names: [name = ""] }: HeaderRef): string {
  return name;
}
