import { createHash } from "node:crypto";
import { describedBy } from "./headers";
import type { WebhookRequest } from "./request";
import type { HeaderRef, PathRef, Scheme } from "./scheme";
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
    id: ownId(scheme, request, payload) ?? providersId(scheme, request, payload) ?? bodyHash(scheme, request),
    type: eventType(scheme, request, payload) ?? UNKNOWN_TYPE,
    ...(time !== undefined && { time }),
    ...(deliveryId !== undefined && { deliveryId }),
  };
}

function ownId({ verify }: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  return verify.kind === "custom" ? verify.eventId?.(request, payload) : undefined;
}

/** A value of the parsed payload, own properties only: `__proto__` and `constructor` lead nowhere. */
export function valueAt(payload: unknown, { path }: PathRef): unknown {
  let value = payload;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

function providersId(scheme: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  for (const ref of scheme.event.id) {
    const value = locate(ref, request, payload);
    if (typeof value === "string" && value.trim() !== "") return value;
    // Beyond 2^53 two ids of the sender's would be read as the same number.
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  }
  return undefined;
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

function eventTime(scheme: Scheme, request: WebhookRequest, payload: unknown): string | undefined {
  for (const { at, unit } of scheme.event.time) {
    const value = locate(at, request, payload);
    if (typeof value !== "string" && typeof value !== "number") continue;
    const ms = parseTime(String(value), unit);
    const time = ms === undefined ? undefined : toRfc3339(ms);
    if (time !== undefined) return time;
  }
  return undefined;
}

function locate(ref: HeaderRef | PathRef, request: WebhookRequest, payload: unknown): unknown {
  return ref.from === "header" ? describedBy(request.headers, ref.names) : valueAt(payload, ref);
}
