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

/** Words of the configuration's content that stand for something in the request. */
export const WORDS = ["body", "timestamp", "url", "method", "header.<Name>", "body.<path>", "field.<name>"];

const NAMED = /^(header|body|field)\.(\S+)$/;

/** Location of the time of signing. */
type Timestamp = HeaderRef | FieldRef | PathRef;

/**
 * Returns the part of the request that a word of the configuration stands for, or the text itself; undefined for an
 * unknown word.
 * @param timestamp location of the time of signing; without one the word `timestamp` is unknown
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

/** Returns the location of a header or a value of the payload; undefined for every other text. */
export function place(text: string): HeaderRef | PathRef | undefined {
  const [, from, name = ""] = NAMED.exec(text) ?? [];
  if (from === "header") return header(name);
  return from === "body" && !name.split(".").includes("") ? path(name) : undefined;
}

/** Returns the location of a header or a value of the payload, or a text between two of them. */
export function typePiece(text: string): HeaderRef | PathRef | string | undefined {
  return place(text) ?? textOf(text);
}

/** Returns the text, or undefined if it begins with a letter, since it is more likely to be a misspelt word. */
function textOf(text: string): string | undefined {
  return /^[A-Za-z]/.test(text) ? undefined : text;
}
