import { sign, schemes } from "../providers";
import type { Header } from "../functions/domain/kept-headers";
import type { StackProvider } from "./outputs";
import { inlineData, type StoredPayload } from "./stored-payload";

/** Facts that an event is made of, besides its payload. */
export interface EventFacts {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly time?: string | undefined;
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  readonly replay: number;
  /** Address of the payload, such as `s3://bucket/raw/stripe/evt_1/0a1b`. */
  readonly uri: string;
}

/**
 * Returns a webhook's event as CloudEvents 1.0 in JSON, as the workflow publishes it, but without `sequence` and before
 * the provider's filter and transform. The payload's own text is inserted, so that no number is rounded.
 */
export function cloudEvent(
  facts: EventFacts,
  provider: StackProvider | undefined,
  stored: StoredPayload,
): string {
  const inline = inlineData(provider, stored);
  const { receivedAt, time, uri, ...own } = facts;
  const envelope = {
    specversion: "1.0",
    id: own.id,
    source: `webhook.${own.provider}`,
    type: own.type,
    ...(time !== undefined && { time }),
    datacontenttype: inline?.contentType ?? stored.contentType,
    provider: own.provider,
    receivedat: receivedAt,
    replay: own.replay,
    ...(!inline && { dataref: uri }),
    ...(inline?.dataBase64 !== undefined && { data_base64: inline.dataBase64 }),
  };
  const head = JSON.stringify(envelope);
  return inline?.data === undefined ? head : `${head.slice(0, -1)},"data":${inline.data}}`;
}

/**
 * Returns the headers of a delivery in CloudEvents' structured mode, signed by Standard Webhooks.
 * @param now milliseconds since the epoch
 */
export function cloudEventHeaders(
  body: Buffer,
  { provider, id, replay }: Pick<EventFacts, "provider" | "id" | "replay">,
  secret: string,
  now: number,
): readonly Header[] {
  const scheme = schemes["standard-webhooks"];
  if (!scheme) throw new Error("the scheme standard-webhooks is missing");
  const signed = sign(scheme, { body, secret, now, id: `webhook.${provider}/${id}/${replay}` });
  return [["content-type", "application/cloudevents+json"], ...Object.entries(signed)];
}
