import { reject, type Rejection, type RequestHeaders } from "./request";

/**
 * Longest header value read. API Gateway takes 10,240 bytes of headers in all; the longest real signature headers
 * (several signatures while a key rotates) stay below 1 KB.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const MAX_HEADER_LENGTH = 4096;

/** All names of one header, prepared for look-ups. */
export interface HeaderNames {
  /** Text for operators, e.g. `header svix-id or webhook-id`. */
  readonly label: string;
  /** The most common name. */
  readonly name: string;
  readonly canonical: readonly string[];
  readonly lower: readonly string[];
}

export function headerNames(canonical: readonly string[]): HeaderNames {
  return {
    label: `header ${canonical.join(" or ")}`,
    name: canonical[0] ?? "",
    canonical,
    lower: canonical.map((name) => name.toLowerCase()),
  };
}

/** Returns the values of the first name that is present. */
function valuesOf(headers: RequestHeaders, { lower }: HeaderNames): readonly string[] | undefined {
  for (const name of lower) {
    const values = headers[name];
    if (values && values.length > 0) return values;
  }
  return undefined;
}

/** Returns the value of a header that the signature depends on, or why no value can be used. */
export function readHeader(headers: RequestHeaders, names: HeaderNames): string | Rejection {
  const values = valuesOf(headers, names);
  if (!values) return reject("header_missing", `no ${names.label}`);
  const [value = ""] = values;
  if (values.length > 1) return repeated(names, values.length);
  if (value.trim() === "") return reject("header_malformed", `${names.label} is empty`);
  if (value.length <= MAX_HEADER_LENGTH) return value;
  return reject(
    "header_malformed",
    `${names.label} has ${value.length} characters, more than ${MAX_HEADER_LENGTH}`,
  );
}

/** Most values of one header that are read: DocuSign signs with up to 100 keys. */
const MAX_VALUES = 100;

/** Suffix of a numbered header: `-1` to `-100`. */
const NUMBER = /^-(?:[1-9][0-9]?|100)$/;

/**
 * Returns the values of all these headers, including repeated ones, or why no value can be used. For providers that
 * sign with several keys at once.
 * @param numbered whether the names have a suffix `-1` to `-100`
 */
export function readHeaders(
  headers: RequestHeaders,
  names: HeaderNames,
  numbered: boolean,
): readonly string[] | Rejection {
  const present = numbered
    ? names.lower.flatMap((name) =>
        Object.keys(headers).filter(
          (other) => other.startsWith(name) && NUMBER.test(other.slice(name.length)),
        ),
      )
    : names.lower;
  const values = present.flatMap((name) => headers[name] ?? []);
  if (values.length === 0) return reject("header_missing", `no ${names.label}`);
  if (values.length > MAX_VALUES) return repeated(names, values.length);
  const usable = values.filter((value) => value.trim() !== "" && value.length <= MAX_HEADER_LENGTH);
  if (usable.length > 0) return usable;
  return reject(
    "header_malformed",
    `${names.label} is empty or has more than ${MAX_HEADER_LENGTH} characters`,
  );
}

/**
 * Rejects a repeated header: another program that reads the request could choose another of its values than the inbox.
 */
export function findRepeated(headers: RequestHeaders, names: HeaderNames): Rejection | undefined {
  const times = valuesOf(headers, names)?.length ?? 0;
  return times > 1 ? repeated(names, times) : undefined;
}

function repeated({ label }: HeaderNames, times: number): Rejection {
  return reject("header_malformed", `${label} was sent ${times} times`);
}

/**
 * Returns whether a text in the signed content is visible ASCII and space. With other characters, the signed bytes
 * would depend on an encoding.
 */
export function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Returns the value of a header that only describes the event; undefined if it is absent, empty or repeated. */
export function describedBy(headers: RequestHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const values = headers[name.toLowerCase()];
    if (values?.length === 1 && values[0] !== undefined && values[0].trim() !== "") return values[0].trim();
  }
  return undefined;
}
