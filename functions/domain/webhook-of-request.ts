import { entityOf, readEvent, type WebhookRequest } from "../../providers";
import { escapeInJson } from "./characters";
import type { RawPayload } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import { encodeHeaders, keptHeaders } from "./kept-headers";
import { isTooDeep } from "./nesting";
import { BY_ENTITY, orderingValue } from "./ordering-key";
import { redacted, type Redacting } from "./redact";
import { mediaType, type PayloadContent } from "./payload";
import type { Provider } from "./provider";
import {
  eventType,
  identityOf,
  INLINE_LIMIT_BYTES,
  inlineSize,
  keyOf,
  messageGroup,
  payloadKey,
  type Webhook,
} from "./webhook";

/** A verified webhook, ready to be stored. */
export interface Admitted {
  readonly webhook: Webhook;
  readonly raw: RawPayload;
  readonly group: string;
}

/**
 * Returns the webhook, payload and message group of a verified request.
 * @param signedAt time of the signature, in milliseconds since the epoch, if the scheme signs one
 */
export function admittedOf(
  request: IngestRequest,
  provider: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): Admitted {
  const webhook = describe(request, provider, payload, signedAt);
  const raw = {
    key: webhook.s3Key,
    body: request.body,
    ...payload.raw,
    eventId: webhook.id,
    eventType: webhook.type,
    headers: encodeHeaders(keptHeaders(request.headers, provider.scheme)),
  };
  const group = messageGroup(provider.name, orderedBy(provider, request, payload.value));
  return { webhook, raw, group };
}

export function travelsInline({ data, dataBase64 }: Webhook): boolean {
  return data !== undefined || dataBase64 !== undefined;
}

function describe(
  request: IngestRequest,
  provider: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): Webhook {
  const { requestId } = request;
  const { name, scheme, duplicates } = provider;
  const event = readEvent(scheme, request, payload.value, { requestId, signedAt, duplicates });
  const identity = identityOf(event);
  const inline = inlined(payload, provider);
  return {
    provider: name,
    ...identity,
    type: eventType(payload.type || event.type),
    ...(event.time !== undefined && { time: event.time }),
    ...(event.timeUnsigned && { timeUnsigned: true }),
    contentType: inline ? payload.contentType : referenceType(payload),
    size: request.body.length,
    s3Key: payloadKey(name, keyOf(identity), request.body),
    replay: 0,
    ...inline,
  };
}

/**
 * Returns the payload's data for the message, redacted as its provider requires. Undefined if it travels by reference,
 * because it is too large or the fields to redact cannot be found. JSON that is nested too deep for consumers travels
 * as base64.
 */
export function inlined(
  payload: PayloadContent,
  provider: Redacting,
): Pick<Webhook, "data" | "dataBase64"> | undefined {
  const data = redacted(payload.data, provider);
  if (!data) return undefined;
  const fields =
    "base64" in data
      ? { dataBase64: data.base64 }
      : isTooDeep(data.text)
        ? { dataBase64: Buffer.from(data.text).toString("base64") }
        : { data: escapeInJson(data.text) };
  return inlineSize(fields.data ?? fields.dataBase64) > INLINE_LIMIT_BYTES ? undefined : fields;
}

/** Returns the media type of the stored bytes, for a payload that travels by reference. */
function referenceType({ raw, contentType }: PayloadContent): string {
  if (raw.contentEncoding === "gzip" || contentType === "application/gzip") return "application/gzip";
  return mediaType(raw.contentType);
}

/** Returns the value by which a webhook is ordered within its provider, if any. */
export function orderedBy(
  { scheme, orderingKey }: Pick<Provider, "scheme" | "orderingKey">,
  request: WebhookRequest,
  payload: unknown,
): string | undefined {
  return orderingKey === BY_ENTITY ? entityOf(scheme, request, payload) : orderingValue(payload, orderingKey);
}
