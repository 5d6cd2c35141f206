import { signMessage, type Scheme } from "../../providers";
import { eventOf, type ConsumerMessage } from "./consumer-message";
import type { ConsumerRequest } from "./deliver-ports";

/**
 * The event in CloudEvents' structured mode, signed as Standard Webhooks says. Its `webhook-id` is the same at each
 * attempt and another for each replay: what a consumer deduplicates by.
 * @param scheme that of Standard Webhooks
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md#32-structured-content-mode
 * @throws ConfigurationError for a secret that is not written as `whsec_` and base64
 */
export function cloudEventRequest(
  message: ConsumerMessage,
  scheme: Scheme,
  { url, secret, now }: { readonly url: string; readonly secret: string; readonly now: number },
): ConsumerRequest {
  const { source, id, replay } = eventOf(message);
  const body = Buffer.from(message.body);
  const signed = signMessage(scheme, { body, secret, now, url, id: `${source}/${id}/${replay}` });
  return {
    url,
    headers: [
      ["content-type", "application/cloudevents+json; charset=utf-8"],
      ...Object.entries(signed.headers),
    ],
    body,
  };
}
