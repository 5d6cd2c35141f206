import { signMessage, type Scheme } from "../../providers";
import { eventOf, type ConsumerMessage } from "./consumer-message";
import type { DeliverPorts, ConsumerRequest } from "./deliver-ports";
import type { Header } from "./kept-headers";
import { originalRequest } from "./original";

/** Address of a consumer, and the form of its requests. */
export interface HttpRecipient {
  readonly url: string;
  /** Whether to send a CloudEvent or the provider's original request. */
  readonly as: "cloudevent" | "original";
}

/** A payload as ingestion stored it. */
export interface StoredRequest {
  readonly body: Buffer;
  /** Content type of the body as received, with its parameters. */
  readonly contentType: string;
  /** Whether it is a single event of a request with several. */
  readonly split: boolean;
  /** Headers of the request; undefined if it was stored by a version that did not yet store headers. */
  readonly headers: readonly Header[] | undefined;
}

/** Sources of the stored requests and of the schemes that sign them. */
export interface RequestSource {
  readonly payloads: { read(s3Key: string): Promise<StoredRequest | { readonly impossible: string }> };
  /** Returns the scheme of a configured provider. */
  schemeOf(provider: string): Scheme | undefined;
  /** Scheme that signs CloudEvents. */
  readonly standardWebhooks: Scheme | undefined;
}

/** Id of the scheme that signs CloudEvents. */
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
 * Returns the event in CloudEvents' structured mode, signed according to Standard Webhooks. Its `webhook-id`, by which
 * a consumer deduplicates, is the same for every attempt and different for each replay.
 * @param scheme the scheme of Standard Webhooks
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
