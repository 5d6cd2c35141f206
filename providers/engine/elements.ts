import { createHash } from "node:crypto";
import { entityOf, isProved, typeOf, UNKNOWN_TYPE } from "./event";
import { findSpans, type Found, type Span } from "./json-spans";
import { plainText, valueAt } from "./payload";
import type { WebhookRequest } from "./request";
import type { Scheme } from "./scheme";
import type { PathRef } from "./references";
import type { Elements } from "./event-locations";
import { parseTime, toRfc3339 } from "./timestamp";

/** One event of a body that contains several. */
export interface ElementFacts {
  /** JSON text of the event, with numbers written as they were sent. */
  readonly text: string;
  /** Parsed JSON of the event. */
  readonly value: unknown;
  /** Id that the provider gave the event; undefined if none. */
  readonly id?: string;
  readonly type: string;
  /** Time of the event, RFC 3339 in UTC. */
  readonly time?: string;
  /** Whether the time is not covered by the signature. */
  readonly timeUnsigned?: true;
  /** Entity that the event is about; see the scheme's `event.entity`. */
  readonly entity?: string;
}

/**
 * Returns the events of a payload, in its order; undefined if the scheme does not know where they are, or the payload
 * contains none. Never throws.
 * @param text the payload's JSON text
 */
export function readElements(
  scheme: Scheme,
  request: WebhookRequest,
  text: string,
): readonly ElementFacts[] | undefined {
  const { elements } = scheme;
  if (!elements) return undefined;
  try {
    const found = innermost(elements.at.flatMap(({ path }) => findSpans(text, path)));
    if (found.length === 0) return undefined;
    return found.map((one) => factsOf(scheme, elements, request, text, one, found));
  } catch {
    // The payload is not JSON that can be read, for example because it is nested too deep: it is published as one
    // event.
    return undefined;
  }
}

/**
 * Returns the facts of one event that was cut out of a payload before; undefined if the text is not such an event.
 * Never throws.
 * @param text as {@link readElements} returned it
 */
export function readElement(scheme: Scheme, request: WebhookRequest, text: string): ElementFacts | undefined {
  const { elements } = scheme;
  if (!elements || elements.enclosed) return readElements(scheme, request, text)?.[0];
  try {
    const [found] = findSpans(text, []);
    return found && factsOf(scheme, elements, request, text, found, [found]);
  } catch {
    return undefined;
  }
}

/**
 * Returns the body of a request that contains only this event, in the shape of the provider's requests. Values beside
 * the list of events are lost, unless the scheme's events are enclosed in the payload.
 * @param element as {@link readElements} cut it out
 */
export function wholeOf({ elements }: Scheme, element: Buffer): Buffer {
  const [list] = elements?.at ?? [];
  if (!elements || !list || elements.enclosed) return element;
  const json = list.path.reduceRight(
    (inner, name) => (name === "*" ? `[${inner}]` : `{${JSON.stringify(name)}:${inner}}`),
    element.toString(),
  );
  const { inField } = elements;
  return Buffer.from(inField === undefined ? json : new URLSearchParams({ [inField]: json }).toString());
}

function factsOf(
  scheme: Scheme,
  elements: Elements,
  request: WebhookRequest,
  text: string,
  found: Found,
  all: readonly Found[],
): ElementFacts {
  const own = text.slice(found.start, found.end);
  const value = JSON.parse(own) as unknown;
  const data = elements.enclosed ? enclose(text, found, all) : own;
  const payload = elements.enclosed ? (JSON.parse(data) as unknown) : value;
  const id = idOf(elements, value, own);
  const time = timeOf(elements, value);
  const type =
    firstJoined(elements.type ?? [], ".", value) ??
    (elements.enclosed ? typeOf(scheme, request, payload) : undefined);
  const entity =
    firstText(elements.entity ?? [], value) ??
    (elements.enclosed ? entityOf(scheme, request, payload) : undefined);
  return {
    text: data,
    value: payload,
    ...(id !== undefined && { id }),
    type: type ?? UNKNOWN_TYPE,
    ...(time !== undefined && { time: time.text, ...(!isProved(scheme, time.at) && { timeUnsigned: true }) }),
    ...(entity !== undefined && { entity }),
  };
}

function idOf({ id = [], hashOf }: Elements, value: unknown, text: string): string | undefined {
  if (hashOf === "element") return sha256(text);
  if (hashOf) return sha256(JSON.stringify(hashOf.map((ref) => valueAt(value, ref) ?? null)));
  return firstJoined(id, ":", value);
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Returns the first alternative whose locations all hold a text or a whole number, joined by the separator. */
function firstJoined(
  alternatives: readonly (readonly PathRef[])[],
  separator: string,
  value: unknown,
): string | undefined {
  for (const locations of alternatives) {
    const texts = locations.map((ref) => plainText(valueAt(value, ref)));
    if (texts.every((text) => text !== undefined && text.trim() !== "")) return texts.join(separator);
  }
  return undefined;
}

function firstText(locations: readonly PathRef[], value: unknown): string | undefined {
  return firstJoined(
    locations.map((location) => [location]),
    "",
    value,
  );
}

function timeOf({ time = [] }: Elements, value: unknown): { text: string; at: PathRef } | undefined {
  for (const { at, unit } of time) {
    const text = plainText(valueAt(value, at));
    const ms = text === undefined ? undefined : parseTime(text, unit);
    const rfc3339 = ms === undefined ? undefined : toRfc3339(ms);
    if (rfc3339 !== undefined) return { text: rfc3339, at };
  }
  return undefined;
}

/** Returns the spans in the order of the text, without those that contain another one. */
function innermost(found: readonly Found[]): readonly Found[] {
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  return sorted.filter((one, index) => {
    const next = sorted[index + 1];
    return next === undefined || next.start >= one.end;
  });
}

/** Returns the whole text with this event as the only one: the values around it say whose event it is. */
function enclose(text: string, one: Found, all: readonly Found[]): string {
  const others = listsBeside(one, all);
  /** Returns a part of the text, with the lists of other events emptied. */
  const around = (start: number, end: number): string => {
    let kept = "";
    let at = start;
    for (const list of others) {
      if (list.start < start || list.end > end) continue;
      kept += `${text.slice(at, list.start)}[]`;
      at = list.end;
    }
    return kept + text.slice(at, end);
  };
  let enclosed = text.slice(one.start, one.end);
  for (const [index, { list }] of [...one.lists.entries()].reverse()) {
    const outer = one.lists[index - 1]?.item ?? { start: 0, end: text.length };
    enclosed = `${around(outer.start, list.start)}[${enclosed}]${around(list.end, outer.end)}`;
  }
  return enclosed;
}

/** Returns the lists of other events that are in the same items as this event, such as `statuses` beside `messages`. */
function listsBeside({ lists }: Found, all: readonly Found[]): readonly Span[] {
  const own = new Set(lists.map(({ list }) => list.start));
  const innermostItem = lists.at(-2)?.item;
  const beside = new Map<number, Span>();
  for (const other of all) {
    const list = other.lists.at(-1)?.list;
    if (!list || own.has(list.start)) continue;
    if (innermostItem && (list.start < innermostItem.start || list.end > innermostItem.end)) continue;
    beside.set(list.start, list);
  }
  return [...beside.values()].sort((a, b) => a.start - b.start);
}
