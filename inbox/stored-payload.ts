import { inlined, orderedBy } from "../functions/domain/webhook-of-request";
import { BY_ENTITY } from "../functions/domain/ordering-key";
import { readPayload, type PayloadContent } from "../functions/domain/payload";
import { messageGroup, type Webhook } from "../functions/domain/webhook";
import { readElement, schemeOf, type ElementFacts, type Scheme, type WebhookRequest } from "../providers";
import type { StackProvider } from "./outputs";

/** A payload as ingestion stored it. */
export interface StoredPayload {
  readonly body: Buffer;
  /** Content type of the body as it was received, with its parameters. */
  readonly contentType: string;
  /**
   * Whether it is one event out of a request that contained several; it is JSON then, whatever the scheme's requests
   * are.
   */
  readonly split?: boolean;
}

/** Returns a stored payload, read as ingestion read it. */
export function readStored(provider: StackProvider | undefined, stored: StoredPayload): PayloadContent {
  return readPayload(readAs(stored.split ? undefined : provider), requestOf(stored));
}

/** Returns the payload as it travels in the message; undefined if it is too large. */
export function inlineData(
  provider: StackProvider | undefined,
  stored: StoredPayload,
): Pick<Webhook, "data" | "dataBase64" | "contentType"> | undefined {
  const payload = readStored(provider, stored);
  const inline = inlined(payload, { scheme: readAs(provider), redact: provider?.redact });
  return inline && { ...inline, contentType: payload.contentType };
}

/** Returns the message group of a stored payload, by its provider's ordering key. */
export function groupOf(name: string, provider: StackProvider | undefined, stored: StoredPayload): string {
  const payload = readStored(provider, stored);
  if (!provider) return messageGroup(name, undefined);
  const { orderingKey } = provider;
  if (stored.split && orderingKey === BY_ENTITY)
    return messageGroup(name, elementOf(provider, stored)?.entity);
  const by = { scheme: readAs(provider), ...(orderingKey !== undefined && { orderingKey }) };
  return messageGroup(name, orderedBy(by, requestOf(stored), payload.value));
}

/** Returns the facts that an event of a split request contains; undefined for other payloads. */
export function elementOf(
  provider: StackProvider | undefined,
  stored: StoredPayload,
): ElementFacts | undefined {
  return stored.split ? readElement(readAs(provider), requestOf(stored), stored.body.toString()) : undefined;
}

/**
 * Returns the scheme by which a payload is read; that of a provider that is no longer configured is read as JSON, or as
 * bytes.
 */
function readAs(provider: StackProvider | undefined): Scheme {
  const scheme = schemeOf(provider?.scheme) ?? schemeOf("hmac-sha256");
  if (!scheme) throw new Error("the scheme hmac-sha256 is missing");
  return scheme;
}

/** Returns a request with the stored payload; of its headers only the content type is known. */
function requestOf({ body, contentType }: StoredPayload): WebhookRequest {
  return { method: "POST", headers: { "content-type": [contentType] }, body };
}
