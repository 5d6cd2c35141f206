import { DAY_MS } from "../functions/domain/day";
import type { Inbox } from "./connect";
import { listWebhooks } from "./records/list";
import type { WebhookRecord } from "./records/record";

export type LastWebhook = Pick<WebhookRecord, "id" | "type" | "receivedAt" | "status">;

/** Number of days in which the last webhook is looked for: each takes about twenty queries. */
const LOOKED_BACK_DAYS = 7;

/**
 * Returns the last webhook of a provider; null if it is older than {@link LOOKED_BACK_DAYS} days, or if there is none.
 */
export async function lastWebhook(inbox: Inbox, provider: string): Promise<LastWebhook | null> {
  const since = new Date(Date.now() - LOOKED_BACK_DAYS * DAY_MS).toISOString();
  const [newest] = (await listWebhooks(inbox, { provider, since, limit: 1 })).rows;
  if (!newest) return null;
  const { id, type, receivedAt, status } = newest;
  return { id, type, receivedAt, status };
}
