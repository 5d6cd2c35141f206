import { createHash } from "node:crypto";
import { describedBy } from "./headers";
import { keyOf, plainText, valueAt, valuesAt } from "./payload";
import type { WebhookRequest } from "./request";
import { isSigned, type ContentPart, type Scheme } from "./scheme";
import type { HeaderRef, KeyRef, PathRef } from "./references";
import type { EventLocations } from "./event-locations";
import { parseTime, toRfc3339 } from "./timestamp";

/** Rule that determined an event's id, see {@link EventLocations}. */
export type IdentifiedBy = "event-id" | "delivery-id" | "body" | "body-and-time" | "request";

/** What a verified request says about its event. Texts are as the provider wrote them, of any length and characters. */
export interface EventFacts {
  /** Id for consumers and people: the provider's own if it has one. */
  readonly id: string;
  /**
   * Second part of the deduplication key, if the id is unsigned: 16 hexadecimal digits of a hash of the content and of
   * the headers that say what happened.
   */
  readonly binding?: string;
  readonly identifiedBy: IdentifiedBy;
  /** Event type, or {@link UNKNOWN_TYPE} if the request has none. */
  readonly type: string;
  /** Time of the event, RFC 3339 in UTC. */
  readonly time?: string;
  /** Set if {@link EventFacts.time} is not signed, so that anyone who replays a request can choose it. */
  readonly timeUnsigned?: true;
}

/** Facts about a request that its provider did not write. */
export interface Attempt {
  /** Id of the request itself, different for each request. */
  readonly requestId: string;
  /** Time of signing in milliseconds since the epoch, if the scheme has one. */
  readonly signedAt?: number | undefined;
  /** `body`: an event without a signed id is identified by the hash of its content, and headers are ignored. */
  readonly duplicates?: "body" | undefined;
}

export const UNKNOWN_TYPE = "unknown";

/** Type of a body that contains events of several types. */
export const BATCH_TYPE = "batch";

/**
 * Reads identity, type and time of a verified request. Never throws.
 * @param payload the parsed body; undefined if it cannot be parsed
 */
export function readEvent(
  scheme: Scheme,
  request: WebhookRequest,
  payload: unknown,
  attempt: Attempt,
): EventFacts {
  const time = eventTime(scheme, request, payload);
  return {
    ...identify(scheme, request, payload, attempt),
    type: typeOf(scheme, request, payload) ?? UNKNOWN_TYPE,
    ...time,
  };
}

/** Returns the time of the event, RFC 3339 in UTC. */
export function eventTime(
  scheme: Scheme,
  request: WebhookRequest,
  payload: unknown,
): Pick<EventFacts, "time" | "timeUnsigned"> {
  for (const { at, unit } of scheme.event.time) {
    const value = locate(at, request, payload);
    if (typeof value !== "string" && typeof value !== "number") continue;
    const ms = parseTime(String(value), unit);
    const time = ms === undefined ? undefined : toRfc3339(ms);
    if (time !== undefined) return { time, ...(!isProved(scheme, at) && { timeUnsigned: true }) };
  }
  return {};
}

function identify(
  scheme: Scheme,
  request: WebhookRequest,
  payload: unknown,
  { requestId, signedAt, duplicates }: Attempt,
): Pick<EventFacts, "id" | "binding" | "identifiedBy"> {
  const { event } = scheme;
  const signedId =
    ownId(scheme, request, payload) ?? firstText(event.id, request, payload) ?? partsHash(scheme, payload);
  if (signedId !== undefined) return { id: signedId, identifiedBy: "event-id" };

  const content = contentOf(scheme, request);
  if (duplicates === "body") return { id: contentHash(content, []), identifiedBy: "body" };

  const context = contextOf(event).map((ref) => describedBy(request.headers, ref.names) ?? null);
  const deliveryId = event.deliveryId && describedBy(request.headers, event.deliveryId.names);
  if (deliveryId !== undefined) {
    const binding = contentHash(content, context).slice(0, BINDING_LENGTH);
    return { id: deliveryId, binding, identifiedBy: "delivery-id" };
  }

  const { by } = event.otherwise;
  switch (by) {
    case "body":
      return { id: contentHash(content, context), identifiedBy: by };
    case "body-and-time":
      return { id: contentHash(content, [...context, signedAt ?? null]), identifiedBy: by };
    case "request":
      return { id: requestId, identifiedBy: by };
  }
}

/** Hexadecimal digits of a binding: 64 bits are enough, since an attacker cannot choose the signed content. */
const BINDING_LENGTH = 16;

/** Returns the unsigned headers that say what happened. */
export function contextOf({ type, entity = [], context = [] }: EventLocations): readonly HeaderRef[] {
  const told = [...type.flat(), ...entity].filter(
    (ref): ref is HeaderRef => typeof ref !== "string" && ref.from === "header",
  );
  return [...new Map([...told, ...context].map((ref) => [ref.names.join(), ref])).values()];
}

/** Returns the headers that describe an event, in lower case. None of them contains a signature or a credential. */
export function describingHeaders({ event }: Scheme): readonly string[] {
  const { id, deliveryId, loggedIds = [], time } = event;
  const refs = [...id, ...(deliveryId ? [deliveryId] : []), ...loggedIds, ...time.map(({ at }) => at)];
  return [...refs, ...contextOf(event)].flatMap((ref) =>
    ref.from === "header" ? ref.names.map((name) => name.toLowerCase()) : [],
  );
}

/** Returns the signed content of a request, in one form if it can be written in several. */
function contentOf({ verify }: Scheme, request: WebhookRequest): Buffer | string {
  return (verify.kind === "custom" ? verify.signedContent?.(request) : undefined) ?? request.body;
}

/**
 * Returns the SHA-256 of the values and then the content, in hexadecimal. A scheme always has the same number of
 * values.
 */
function contentHash(content: Buffer | string, values: readonly (string | number | null)[]): string {
  const hash = createHash("sha256");
  if (values.length > 0) hash.update(JSON.stringify(values));
  return hash.update(content).digest("hex");
}

function ownId({ verify }: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  return verify.kind === "custom" ? verify.eventId?.(request, payload) : undefined;
}

/**
 * Returns the entity that the event is about, whose events must stay in order; undefined if the request does not say.
 */
export function entityOf({ event }: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  return firstText(event.entity ?? [], request, payload);
}

/** Returns the first text or whole number at these locations. */
function firstText(
  locations: readonly (HeaderRef | PathRef)[],
  request: WebhookRequest,
  payload: unknown,
): string | undefined {
  for (const ref of locations) {
    const text = plainText(locate(ref, request, payload));
    if (text !== undefined && text.trim() !== "") return text;
  }
  return undefined;
}

/** Returns a hash of the values that identify the event, if all are present. */
function partsHash({ event: { hashOf } }: Scheme, payload: unknown): string | undefined {
  if (!hashOf) return undefined;
  const values = hashOf.map((ref) => valuesAt(payload, ref));
  const whole = values.every(
    (list) => list.length > 0 && list.every((value) => plainText(value) !== undefined),
  );
  return whole ? createHash("sha256").update(JSON.stringify(values)).digest("hex") : undefined;
}

/**
 * Returns the event's type; {@link BATCH_TYPE} if the events of the payload have different types, undefined if there is
 * none.
 */
export function typeOf(scheme: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  for (const pieces of scheme.event.type) {
    const texts = pieces.map((piece) =>
      typeof piece === "string" ? piece : locate(piece, request, payload),
    );
    if (texts.every((text) => typeof text === "string" && text.trim() !== "")) return texts.join("");
    if (pieces.some((piece) => differs(piece, payload))) return BATCH_TYPE;
  }
  return undefined;
}

/**
 * Returns whether the signature covers a value. Headers count as not covered if custom code verifies the scheme, which
 * does not say what it covers.
 */
export function isProved({ verify, covers }: Scheme, ref: HeaderRef | PathRef): boolean {
  if (ref.from === "payload" && covers === undefined && verify.kind !== "none") return true;
  return isSigned(verify) && verify.content.some((part) => typeof part !== "string" && isSame(part, ref));
}

function isSame(part: Exclude<ContentPart, string>, ref: HeaderRef | PathRef): boolean {
  if (part.from === "header" && ref.from === "header") return part.names.join() === ref.names.join();
  return part.from === "payload" && ref.from === "payload" && part.path.join(".") === ref.path.join(".");
}

/** Returns whether the elements of a list have different values, or only some have one. */
function differs(piece: string | HeaderRef | PathRef | KeyRef, payload: unknown): boolean {
  if (typeof piece === "string" || piece.from !== "payload" || !piece.path.includes("*")) return false;
  if (valueAt(payload, piece) !== undefined) return false;
  return valuesAt(payload, piece).some((value) => value !== undefined);
}

function locate(ref: HeaderRef | PathRef | KeyRef, request: WebhookRequest, payload: unknown): unknown {
  switch (ref.from) {
    case "header":
      return describedBy(request.headers, ref.names);
    case "payload":
      return valueAt(payload, ref);
    case "key":
      return keyOf(payload, ref);
  }
}
