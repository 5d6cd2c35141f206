import { readPayload } from "./payload";
import type { Provider } from "./provider";
import type { ListedEvent } from "./reconcile-ports";
import { storeReleased, type ReleasePorts } from "./release";
import { admittedEvents } from "./split";
import { eventId } from "./webhook";

/**
 * Stores and queues an event that its provider's API returned, as ingestion would its webhook: under the same id, in
 * the same group. Events published for it say in `receivedvia` that no webhook was received.
 * @throws if it is not durable, or if it would get another id than it is listed under
 */
export async function admitListed(
  { id, content }: ListedEvent,
  provider: Provider,
  ports: Pick<ReleasePorts, "payloads" | "records" | "queue" | "now">,
): Promise<"new" | "duplicate"> {
  if (!content) throw new TypeError(`the event ${id} has no content`);
  const { body } = content;
  const headers = { "content-type": ["application/json"], ...content.headers };
  const request = { method: "POST", headers, body, requestId: id, pathProvider: provider.name };
  const { whole } = admittedEvents(request, provider, readPayload(provider.scheme, request), undefined);
  const { webhook } = whole;
  if (webhook.id !== eventId(id) || webhook.key !== undefined)
    throw new Error(`the event ${id} would be stored as ${webhook.key ?? webhook.id}`);
  const marked = { ...whole, webhook: { ...webhook, receivedVia: "reconciliation" as const } };
  return storeReleased({ whole: marked, events: [marked] }, ports);
}
