import { createHash } from "node:crypto";
import { describedBy } from "./headers";
import { keyOf, plainText, valueAt, valuesAt } from "./payload";
import type { WebhookRequest } from "./request";
import { isSigned, type ContentPart, type HeaderRef, type KeyRef, type PathRef, type Scheme } from "./scheme";
import { parseTime, toRfc3339 } from "./timestamp";

/** What a verified request says about its event. Texts are as the sender wrote them, of any length and characters. */
export interface EventFacts {
  /**
   * Key of deduplication, and the event's id: the provider's own where it is signed, else a hash of the signed body.
   * Nothing unsigned can change it, except among the closed list of values that a scheme may name.
   */
  readonly id: string;
  /** {@link UNKNOWN_TYPE} where the request names none. */
  readonly type: string;
  /** When the event happened, RFC 3339 in UTC. */
  readonly time?: string;
  /** Set where the signature leaves {@link EventFacts.time} out, so that whoever replays a request can choose it. */
  readonly timeUnsigned?: true;
  /** The sender's id of this delivery where it has an unsigned one: for looking it up there, never for deciding. */
  readonly deliveryId?: string;
}

export const UNKNOWN_TYPE = "unknown";

/**
 * Reads id, type and time of a verified request. Never throws.
 * @param payload the parsed body, or undefined where it is none that can be parsed
 */
export function readEvent(scheme: Scheme, request: WebhookRequest, payload: unknown): EventFacts {
  const { event } = scheme;
  const time = eventTime(scheme, request, payload);
  const deliveryId = event.deliveryId && describedBy(request.headers, event.deliveryId.names);
  return {
    id:
      ownId(scheme, request, payload) ??
      firstText(event.id, request, payload) ??
      partsHash(scheme, payload) ??
      bodyHash(scheme, request),
    type: eventType(scheme, request, payload) ?? UNKNOWN_TYPE,
    ...time,
    ...(deliveryId !== undefined && { deliveryId }),
  };
}

function ownId({ verify }: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  return verify.kind === "custom" ? verify.eventId?.(request, payload) : undefined;
}

/** What the event is about, and so what its order matters to; undefined where the request does not say. */
export function entityOf({ event }: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  return firstText(event.entity ?? [], request, payload);
}

/** The first of these places that holds a text or a whole number. */
function firstText(
  places: readonly (HeaderRef | PathRef)[],
  request: WebhookRequest,
  payload: unknown,
): string | undefined {
  for (const ref of places) {
    const text = plainText(locate(ref, request, payload));
    if (text !== undefined && text.trim() !== "") return text;
  }
  return undefined;
}

/** A hash of the values that make up the event, where all are there. */
function partsHash({ event: { hashOf } }: Scheme, payload: unknown): string | undefined {
  if (!hashOf) return undefined;
  const values = hashOf.map((ref) => valuesAt(payload, ref));
  const whole = values.every(
    (list) => list.length > 0 && list.every((value) => plainText(value) !== undefined),
  );
  return whole ? createHash("sha256").update(JSON.stringify(values)).digest("hex") : undefined;
}

function bodyHash({ event: { hashedWith } }: Scheme, { headers, body }: WebhookRequest): string {
  const hash = createHash("sha256");
  const told = hashedWith && describedBy(headers, hashedWith.header.names);
  if (told !== undefined && hashedWith?.values.includes(told)) hash.update(`${told}\0`);
  return hash.update(body).digest("hex");
}

function eventType(scheme: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  for (const pieces of scheme.event.type) {
    const texts = pieces.map((piece) =>
      typeof piece === "string" ? piece : locate(piece, request, payload),
    );
    if (texts.every((text) => typeof text === "string" && text.trim() !== "")) return texts.join("");
  }
  return undefined;
}

function eventTime(
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

/**
 * Tells whether the signature covers a value. A header of a scheme that is verified by code of its own counts as not
 * covered: the scheme does not say.
 */
function isProved({ verify, covers }: Scheme, ref: HeaderRef | PathRef): boolean {
  if (ref.from === "payload" && covers === undefined && verify.kind !== "none") return true;
  return isSigned(verify) && verify.content.some((part) => typeof part !== "string" && isSame(part, ref));
}

function isSame(part: Exclude<ContentPart, string>, ref: HeaderRef | PathRef): boolean {
  if (part.from === "header" && ref.from === "header") return part.names.join() === ref.names.join();
  return part.from === "payload" && ref.from === "payload" && part.path.join(".") === ref.path.join(".");
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
