import type { Webhook } from "../../functions/domain/webhook";

/** Returns a webhook as the ingestion function puts it into the queue, with an empty object as its payload. */
export function aWebhook(id: string, over: Partial<Webhook> = {}): Webhook {
  const { provider = "acme" } = over;
  return {
    provider,
    id,
    type: "thing.made",
    contentType: "application/json",
    size: 2,
    s3Key: `raw/${provider}/${id}/0`,
    replay: 0,
    data: "{}",
    ...over,
  };
}
