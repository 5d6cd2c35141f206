import type { TimeUnit } from "./event-locations";

/**
 * Most digits of a time that is read: twelve digits of seconds and fifteen of milliseconds both reach the year 33,658,
 * so that a value is always a safe integer and a valid Date.
 */
const MAX_DIGITS = { s: 12, ms: 15 } as const;

/** Parses a whole number that is not negative, without sign, exponent or leading zeros. */
function parseWhole(text: string, maxDigits: number): number | undefined {
  const { length } = text;
  if (length === 0 || length > maxDigits) return undefined;
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9 || (digit === 0 && index === 0 && length > 1)) return undefined;
    value = 10 * value + digit;
  }
  return value;
}

/** @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/;

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Returns milliseconds since the epoch, or undefined if the text is not a time in this unit. */
export function parseTime(text: string, unit: TimeUnit): number | undefined {
  switch (unit) {
    case "s": {
      const seconds = parseWhole(text, MAX_DIGITS.s);
      return seconds === undefined ? undefined : seconds * 1000;
    }
    case "ms":
      return parseWhole(text, MAX_DIGITS.ms);
    case "s-or-ms":
      // Decide by length: twelve digits are after the year 5138 in seconds and before 2002 in milliseconds, so no
      // window has both.
      return parseTime(text, text.length < 12 ? "s" : "ms");
    case "iso":
      return parseRfc3339(text);
    case "iso-utc":
      return parseRfc3339(text) ?? parseRfc3339(`${text}Z`);
    case "http-date": {
      const ms = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
      // Reject a wrong weekday, or a day that the month does not have: both change when the time is written again.
      return !Number.isNaN(ms) && new Date(ms).toUTCString() === text ? ms : undefined;
    }
  }
}

function parseRfc3339(text: string): number | undefined {
  const parts = RFC_3339.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day] = parts.slice(1, 4).map(Number);
  // Reject days that the month does not have: Date would turn 30 February into 2 March.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : ms;
}

/** Returns a time as the provider writes it. */
export function formatTime(ms: number, unit: TimeUnit): string {
  switch (unit) {
    case "s":
    case "s-or-ms":
      return String(Math.floor(ms / 1000));
    case "ms":
      return String(Math.floor(ms));
    case "iso":
      return new Date(ms).toISOString();
    case "iso-utc":
      return new Date(ms).toISOString().slice(0, -1);
    case "http-date":
      return new Date(ms).toUTCString();
  }
}

/** First and last time that RFC 3339 can express: its year has four digits, 0000 to 9999. */
const FIRST_RFC_3339_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_RFC_3339_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** Returns the time as RFC 3339 in UTC, or undefined if its year does not have four digits. */
export function toRfc3339(ms: number): string | undefined {
  return ms >= FIRST_RFC_3339_MS && ms <= LAST_RFC_3339_MS ? new Date(ms).toISOString() : undefined;
}
