import type { WebhookEvent } from "../../consumer";

/** Returns an event as the workflow makes it. */
export function webhookEvent(over: Partial<WebhookEvent> = {}): WebhookEvent {
  return {
    specversion: "1.0",
    id: "evt_1",
    source: "webhook.stripe",
    type: "invoice.paid",
    encodedtype: "invoice.paid",
    time: "2026-01-02T03:04:05.000Z",
    datacontenttype: "application/json",
    provider: "stripe",
    receivedat: "2026-01-02T03:04:06.120Z",
    replay: 0,
    sequence: "18897431129583355904",
    data: { id: "evt_1", type: "invoice.paid" },
    ...over,
  };
}
