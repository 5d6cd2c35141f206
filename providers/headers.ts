import { refuse, type Refusal, type RequestHeaders } from "./request";

/**
 * Longest header value read. API Gateway takes 10,240 bytes of headers in all; the longest real signature headers
 * (several signatures while a key rotates) stay below 1 KB.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const MAX_HEADER_LENGTH = 4096;

/** Visible ASCII and space. Anything else would leave it to an encoding which bytes were signed. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** A header under its canonical name and the lower-cased one it is looked up by. */
export interface HeaderName {
  readonly canonical: string;
  readonly lower: string;
}

export function headerNames(names: readonly string[]): readonly HeaderName[] {
  return names.map((canonical) => ({ canonical, lower: canonical.toLowerCase() }));
}

/** The first of the names that is present. */
export function present(headers: RequestHeaders, names: readonly HeaderName[]): HeaderName | undefined {
  return names.find(({ lower }) => headers[lower]?.length);
}

/** The value of a header that the signature depends on, or why there is none that could be used. */
export function readHeader(headers: RequestHeaders, names: readonly HeaderName[]): string | Refusal {
  const name = present(headers, names);
  if (!name) {
    return refuse("header_missing", `no header ${names.map(({ canonical }) => canonical).join(" or ")}`);
  }
  const values = headers[name.lower] ?? [];
  const value = values[0] ?? "";
  const wrong =
    values.length > 1
      ? `was sent ${values.length} times`
      : value.trim() === ""
        ? "is empty"
        : value.length > MAX_HEADER_LENGTH
          ? `has ${value.length} characters, more than ${MAX_HEADER_LENGTH}`
          : PRINTABLE.test(value)
            ? undefined
            : "holds characters other than printable ASCII";
  return wrong === undefined ? value : refuse("header_malformed", `header ${name.canonical} ${wrong}`);
}

/** The value of a header that only describes the event; undefined where it is absent, empty, or not the only one. */
export function describedBy(headers: RequestHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const values = headers[name.toLowerCase()];
    if (values?.length === 1 && values[0] !== undefined && values[0].trim() !== "") return values[0].trim();
  }
  return undefined;
}
