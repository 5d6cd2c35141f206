import type { Chunks } from "./algorithm";
import type { ContentPart } from "./scheme";
import type { FieldRef, HeaderRef, PathRef } from "./references";

/** Parts of a message that can be in the signed content. */
export interface ContentValues<Failure> {
  readonly body: Buffer;
  readonly url: () => string | Failure;
  readonly method: () => string | Failure;
  readonly header: (ref: HeaderRef) => string | Failure;
  readonly field: (ref: FieldRef) => string | Failure;
  readonly payload: (ref: PathRef) => string | Failure;
}

/** A part of the content that is in the message. The secret is not: the algorithm puts a digest's secret in front. */
export type MessagePart = Exclude<ContentPart, { readonly from: "secret" }>;

/**
 * Returns the signed content in chunks. Adjacent texts are joined, and the body is not copied, neither for verifying
 * nor for signing. Returns the failure of the first part that is not available.
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
