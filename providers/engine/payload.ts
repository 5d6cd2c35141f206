import { withoutByteOrderMarks } from "./body";
import type { KeyRef, PathRef } from "./references";

/**
 * Parses a text or a body as JSON; returns undefined if it is not. Never throws: JSON.parse does not recurse, so deep
 * nesting needs no stack.
 */
export function parseJson(body: Buffer | string, encoding: "utf8" | "latin1" = "utf8"): unknown {
  try {
    const text = typeof body === "string" ? body : withoutByteOrderMarks(body).toString(encoding);
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns a value of the parsed payload. Follows own properties only, not `__proto__` or `constructor`. */
export function valueAt(payload: unknown, { path }: PathRef): unknown {
  let value = payload;
  for (let at = 0; at < path.length; at += 1) {
    const name = path[at] ?? "";
    if (name === "*") return common(elements(value), path.slice(at + 1));
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Returns the value that all elements have at this path; undefined if they differ or there are none. */
function common(list: readonly unknown[], path: readonly string[]): unknown {
  const first = valueAt(list[0], { from: "payload", path });
  return list.every((element) => valueAt(element, { from: "payload", path }) === first) ? first : undefined;
}

/** Returns all values at a path, one for every element if it contains a `*`. */
export function valuesAt(payload: unknown, { path }: PathRef): readonly unknown[] {
  const star = path.indexOf("*");
  if (star < 0) return [valueAt(payload, { from: "payload", path })];
  const list = elements(valueAt(payload, { from: "payload", path: path.slice(0, star) }));
  return list.flatMap((element) => valuesAt(element, { from: "payload", path: path.slice(star + 1) }));
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the first of the names for which the payload has a property. */
export function keyOf(payload: unknown, { among }: KeyRef): string | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  return among.find((name) => Object.hasOwn(payload, name));
}

/** Returns a text or a safe integer as text. Beyond 2^53 two different numbers could be read as the same one. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
}
