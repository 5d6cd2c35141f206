import { signMessage, type Scheme } from "../../providers";
import { eventOf, type ConsumerMessage } from "./consumer-message";
import type { DeliverPorts, ConsumerRequest } from "./deliver-ports";
import type { Header } from "./kept-headers";
import { originalRequest } from "./original";

/** How a consumer is called. */
export interface HttpRecipient {
  readonly url: string;
  /** As CloudEvent, or as the provider made the request. */
  readonly as: "cloudevent" | "original";
}

/** A payload as ingestion stored it. */
export interface StoredRequest {
  readonly body: Buffer;
  /** Of the body as it came, with its parameters. */
  readonly contentType: string;
  /** Whether it is one event out of a request that held several. */
  readonly split: boolean;
  /** Undefined if it was stored before headers were. */
  readonly headers: readonly Header[] | undefined;
}

/** What requests are made of. */
export interface RequestSource {
  readonly payloads: { read(s3Key: string): Promise<StoredRequest | { readonly impossible: string }> };
  /** The scheme of a configured provider. */
  schemeOf(provider: string): Scheme | undefined;
  /** That of events as CloudEvents. */
  readonly standardWebhooks: Scheme | undefined;
}

/** Id of the scheme of events as CloudEvents. */
export const STANDARD_WEBHOOKS = "standard-webhooks";

/** Makes the request for a consumer, signed with its newest secret. */
export async function requestTo(
  { url, as }: HttpRecipient,
  message: ConsumerMessage,
  { secret, now }: { readonly secret: string; readonly now: number },
  { payloads, schemeOf, standardWebhooks }: RequestSource,
): ReturnType<DeliverPorts["request"]> {
  const recipient = { url, secret, now };
  if (as === "cloudevent") {
    if (!standardWebhooks) throw new Error("the bundle lacks the scheme of Standard Webhooks");
    return cloudEventRequest(message, standardWebhooks, recipient);
  }
  const { provider, id, type } = eventOf(message);
  const scheme = schemeOf(provider);
  if (!scheme) return { impossible: `the provider ${provider} is not configured any more` };
  const stored = await payloads.read(message.s3Key);
  return "impossible" in stored ? stored : originalRequest({ scheme, id, type, ...stored }, recipient);
}

/**
 * Returns the event in CloudEvents' structured mode, signed as Standard Webhooks says. Its `webhook-id` is the same at each
 * attempt and another for each replay: what a consumer deduplicates by.
 * @param scheme that of Standard Webhooks
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md#32-structured-content-mode
 * @throws ConfigurationError for a secret that is not written as `whsec_` and base64
 */
function cloudEventRequest(
  message: ConsumerMessage,
  scheme: Scheme,
  recipient: { readonly url: string; readonly secret: string; readonly now: number },
): ConsumerRequest {
  const { source, id, replay } = eventOf(message);
  const body = Buffer.from(message.body);
  const signed = signMessage(scheme, { ...recipient, body, id: `${source}/${id}/${replay}` });
  return {
    url: recipient.url,
    headers: [
      ["content-type", "application/cloudevents+json; charset=utf-8"],
      ...Object.entries(signed.headers),
    ],
    body,
  };
}
