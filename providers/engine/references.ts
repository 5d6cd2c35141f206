/* Places in a request, and the short forms in which schemes name them. */

/** A named header; where several names are given, the first one present is read. */
export interface HeaderRef {
  readonly from: "header";
  readonly names: readonly string[];
}
/** A field of a signature header in the form `list` or `positions`. */
export interface FieldRef {
  readonly from: "field";
  readonly name: string;
}
/** A parameter of the URL's query. */
export interface QueryRef {
  readonly from: "query";
  readonly name: string;
}
/**
 * A value of the parsed payload: property names and array indexes, from the outside in. `*` stands for every element of
 * a list. It has a value only if all elements agree, so that a batch of one type has that type.
 */
export interface PathRef {
  readonly from: "payload";
  readonly path: readonly string[];
}
/** The name of a property of the payload: the first of these names that the payload has. */
export interface KeyRef {
  readonly from: "key";
  readonly among: readonly string[];
}

/** The body as received. */
export const body = { from: "body" } as const;
/** The endpoint's public URL. */
export const url = { from: "url" } as const;
/** The request's method. */
export const method = { from: "method" } as const;
/** The configured secret. */
export const secret = { from: "secret" } as const;
/** Returns a header by its names in canonical case, the first one present. */
export function header(...names: readonly string[]): HeaderRef {
  return { from: "header", names };
}
/** Returns a field of the signature header. */
export function field(name: string): FieldRef {
  return { from: "field", name };
}
/** Returns a parameter of the query. */
export function query(name: string): QueryRef {
  return { from: "query", name };
}
/** Returns a value of the payload by its dotted path, e.g. `event.type` or `events.*.action`. */
export function path(dotted: string): PathRef {
  return { from: "payload", path: dotted.split(".") };
}
/** Returns the name of the first of these properties that the payload has. */
export function key(...among: readonly string[]): KeyRef {
  return { from: "key", among };
}
