import {
  body,
  field,
  header,
  method,
  path,
  url,
  type FieldRef,
  type HeaderRef,
  type PathRef,
} from "../engine/references";
import type { ContentPart } from "../engine/scheme";
import type { OwnPart } from "./own-scheme";

/** Words that stand for something sent, in the configuration's content. */
export const WORDS = ["body", "timestamp", "url", "method", "header.<Name>", "body.<path>", "field.<name>"];

const NAMED = /^(header|body|field)\.(\S+)$/;

/** The moment of signing, wherever the scheme says it is. */
type Timestamp = HeaderRef | FieldRef | PathRef;

/**
 * Returns what a piece of the content stands for; undefined for a word that is none.
 * @param timestamp where it is; without one the word `timestamp` is none
 */
export function contentPart(part: OwnPart, timestamp: Timestamp | undefined): ContentPart | undefined {
  if (typeof part !== "string") return part.text;
  switch (part) {
    case "body":
      return body;
    case "timestamp":
      return timestamp;
    case "url":
      return url;
    case "method":
      return method;
  }
  const [, from, name = ""] = NAMED.exec(part) ?? [];
  if (from === "field") return field(name);
  return from === undefined ? textOf(part) : place(part);
}

/** Returns a header or a value of the payload; undefined for everything else. */
export function place(text: string): HeaderRef | PathRef | undefined {
  const [, from, name = ""] = NAMED.exec(text) ?? [];
  if (from === "header") return header(name);
  return from === "body" && !name.split(".").includes("") ? path(name) : undefined;
}

/** Returns a header, a value of the payload, or a text between them. */
export function typePiece(text: string): HeaderRef | PathRef | string | undefined {
  return place(text) ?? textOf(text);
}

/** A text that begins with a letter would be a misspelt word more often than a text. */
function textOf(text: string): string | undefined {
  return /^[A-Za-z]/.test(text) ? undefined : text;
}
