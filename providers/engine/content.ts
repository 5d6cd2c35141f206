import type { Chunks } from "./algorithm";
import type { ContentPart } from "./scheme";
import type { FieldRef, HeaderRef, PathRef } from "./references";

/** The parts of a message that the signed content may take up. */
export interface ContentValues<Failure> {
  readonly body: Buffer;
  readonly url: () => string | Failure;
  readonly method: () => string | Failure;
  readonly header: (ref: HeaderRef) => string | Failure;
  readonly field: (ref: FieldRef) => string | Failure;
  readonly payload: (ref: PathRef) => string | Failure;
}

/** What of the content is in the message; the secret of a digest is put in front by the algorithm. */
export type MessagePart = Exclude<ContentPart, { readonly from: "secret" }>;

/**
 * Returns the signed content in chunks, neighbouring texts joined and the body itself untouched: neither verifying nor
 * signing copies it. The first part that cannot be had ends it.
 */
export function contentChunks<Failure extends object>(
  content: readonly MessagePart[],
  values: ContentValues<Failure>,
): Chunks | Failure {
  const chunks: (string | Buffer)[] = [];
  let text = "";
  for (const part of content) {
    if (typeof part !== "string" && part.from === "body") {
      if (text !== "") chunks.push(text);
      text = "";
      chunks.push(values.body);
      continue;
    }
    const piece = typeof part === "string" ? part : textOf(part, values);
    if (typeof piece !== "string") return piece;
    text += piece;
  }
  if (text !== "") chunks.push(text);
  return chunks;
}

function textOf<Failure>(
  part: Exclude<MessagePart, string | { readonly from: "body" }>,
  values: ContentValues<Failure>,
): string | Failure {
  switch (part.from) {
    case "header":
      return values.header(part);
    case "field":
      return values.field(part);
    case "payload":
      return values.payload(part);
    case "url":
      return values.url();
    case "method":
      return values.method();
  }
}
