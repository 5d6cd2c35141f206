import { body, type FieldRef, type HeaderRef } from "../engine/references";
import type { ContentPart, SignedTimestamp } from "../engine/scheme";
import { timeOf, type PathEntry, type TimeEntry } from "./event-entry";

/** Placeholder in the signed content for the time of signing, as it was sent. */
export const timestamp = { from: "timestamp" } as const;

type Part = ContentPart | typeof timestamp;

/** Signed content and time of signing; without that time there is no window. */
export interface SigningTime {
  readonly timestamp?: TimeEntry<PathEntry | HeaderRef | FieldRef> | undefined;
  /** Seconds, see {@link SignedTimestamp}. @default 300, as in the most used libraries */
  readonly window?: number | undefined;
  /** Signed content. @default the time of signing, if there is one, and the body */
  readonly content?: readonly Part[] | undefined;
}

/** Returns the signed content and the time of signing of a verification. */
export function signedContent({ timestamp: time, window = 300, content = [timestamp, body] }: SigningTime): {
  readonly content: readonly ContentPart[];
  readonly timestamp?: SignedTimestamp;
} {
  const signed = time && { ...timeOf(time), window };
  return {
    content: content.flatMap((part) => (isTimestamp(part) ? (signed ? [signed.at] : []) : [part])),
    ...(signed && { timestamp: signed }),
  };
}

function isTimestamp(part: Part): part is typeof timestamp {
  return part === timestamp;
}
