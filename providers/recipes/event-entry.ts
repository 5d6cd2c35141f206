import type { Elements, EventLocations, Otherwise, TimeUnit } from "../engine/event-locations";
import { header, path, type HeaderRef, type KeyRef, type PathRef } from "../engine/references";

/* The short forms in which a provider's file says where an event's facts are; one alternative needs no list. */

type OneOrMore<T> = T | readonly T[];

/** A value of the payload. A text is its dotted path, such as `event.type` or `events.*.action`. */
export type PathEntry = string | PathRef;
export type PlaceEntry = PathEntry | HeaderRef;
type PlaceRef = PathRef | HeaderRef;
/** A header. A text is its name. */
type HeaderEntry = string | HeaderRef;

/**
 * Location of a time. A location alone is in RFC 3339; for other units the property's name is the unit, as in `{ ms:
 * "createdAt" }`.
 */
export type TimeEntry<Place = PlaceEntry> =
  | Place
  | { readonly [Unit in TimeUnit]: { readonly [Name in Unit]: Place } }[TimeUnit];

/**
 * An event type. The values of a list are joined with full stops, those of `pieces` with nothing; `text` is constant.
 */
type TypeEntry =
  | PlaceEntry
  | KeyRef
  | readonly PlaceEntry[]
  | { readonly text: string }
  | { readonly pieces: EventLocations["type"][number] };

/** Where a request says what happened: the short form of {@link EventLocations}. */
export interface EventFacts {
  readonly id?: OneOrMore<PlaceEntry>;
  readonly hashOf?: OneOrMore<PathEntry>;
  readonly deliveryId?: HeaderEntry;
  readonly context?: readonly HeaderEntry[];
  readonly loggedIds?: readonly HeaderEntry[];
  readonly type?: OneOrMore<TypeEntry>;
  readonly time?: OneOrMore<TimeEntry>;
  readonly entity?: OneOrMore<PlaceEntry>;
}

/** The short form of {@link Elements}. The values of an inner list are joined. */
export interface ElementsEntry extends Pick<Elements, "inField" | "enclosed"> {
  readonly at: OneOrMore<PathEntry>;
  readonly id?: OneOrMore<OneOrMore<PathEntry>> | undefined;
  readonly hashOf?: readonly PathEntry[] | "element";
  readonly type?: OneOrMore<OneOrMore<PathEntry>> | undefined;
  readonly time?: OneOrMore<TimeEntry<PathEntry>> | undefined;
  readonly entity?: OneOrMore<PathEntry> | undefined;
}

export function locationsOf(facts: EventFacts, otherwise: Otherwise): EventLocations {
  const { id, hashOf, deliveryId, context, loggedIds, type, time, entity } = facts;
  return {
    otherwise,
    id: placesOf<PlaceRef>(id),
    type: listOf<TypeEntry>(type).map(piecesOf),
    time: listOf<TimeEntry>(time).map(timeOf),
    ...(hashOf && { hashOf: placesOf(hashOf) }),
    ...(deliveryId !== undefined && { deliveryId: headerOf(deliveryId) }),
    ...(context && { context: context.map(headerOf) }),
    ...(loggedIds && { loggedIds: loggedIds.map(headerOf) }),
    ...(entity && { entity: placesOf<PlaceRef>(entity) }),
  };
}

export function elementsOf({ at, id, hashOf, type, time, entity, ...others }: ElementsEntry): Elements {
  return {
    ...others,
    at: placesOf(at),
    ...(id && { id: listOf<OneOrMore<PathEntry>>(id).map(placesOf) }),
    ...(hashOf && { hashOf: hashOf === "element" ? hashOf : placesOf(hashOf) }),
    ...(type && { type: listOf<OneOrMore<PathEntry>>(type).map(placesOf) }),
    ...(time && { time: listOf<TimeEntry<PathEntry>>(time).map(timeOf) }),
    ...(entity && { entity: placesOf(entity) }),
  };
}

/** Returns a list as it is, a single value as a list, and undefined as an empty list. */
export function listOf<T>(given: OneOrMore<T> | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function locationOf<Ref extends object>(place: string | Ref): PathRef | Ref {
  return typeof place === "string" ? path(place) : place;
}

function headerOf(named: HeaderEntry): HeaderRef {
  return typeof named === "string" ? header(named) : named;
}

function placesOf<Ref extends object = PathRef>(
  places?: OneOrMore<string | Ref>,
): readonly (PathRef | Ref)[] {
  return listOf<string | Ref>(places).map((place) => locationOf(place));
}

/** Returns the location and the unit of a time. */
export function timeOf<Ref extends object>(
  entry: TimeEntry<string | Ref>,
): {
  readonly at: PathRef | Ref;
  readonly unit: TimeUnit;
} {
  if (typeof entry === "string" || "from" in entry)
    return { at: locationOf(entry as string | Ref), unit: "iso" };
  const [[unit, at]] = Object.entries(entry) as [[TimeUnit, string | Ref]];
  return { at: locationOf(at), unit };
}

function piecesOf(entry: TypeEntry): EventLocations["type"][number] {
  if (typeof entry === "string") return [path(entry)];
  if ("text" in entry) return [entry.text];
  if ("pieces" in entry) return entry.pieces;
  if ("from" in entry) return [entry];
  return entry.flatMap((place, index) => [...(index > 0 ? ["."] : []), locationOf(place)]);
}
