import type { WebhookRequest } from "../../providers";

/** Headers that describe the content of a request and cannot contain a signature or a credential. */
export const SAFE_HEADERS = [
  "content-length",
  "content-type",
  "user-agent",
  "webhook-id",
  "webhook-timestamp",
  "x-github-delivery",
  "x-github-event",
  "x-shopify-topic",
  "x-shopify-webhook-id",
  "x-slack-retry-num",
  "x-slack-retry-reason",
] as const;

/** Longest value of a header that is logged, in characters. */
const MAX_HEADER_LENGTH = 200;

/** Returns the values of safe headers, for the log. @param own lower-case names of further headers that are safe */
export function safeHeaders(
  headers: WebhookRequest["headers"],
  own: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    [...new Set([...SAFE_HEADERS, ...own])].flatMap((name) => {
      const value = headers[name]?.join(", ");
      return value === undefined ? [] : [[name, value.slice(0, MAX_HEADER_LENGTH)]];
    }),
  );
}
