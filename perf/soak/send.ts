import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "../../tests/support/inbox";
import type { Accepted } from "./judge";
import type { Plan, SoakWebhook } from "./webhooks";

const MOST_ATTEMPTS = 100;

/**
 * Sends the webhooks of each provider one after the other; repeats each until it is answered 2xx, as real providers do.
 */
export async function sendAll(inbox: Inbox, sends: Plan, onSent: (sent: number) => void) {
  const accepted: Accepted[] = [];
  const unanswered = new Map<string, number>();
  let sent = 0;
  let duplicates = 0;
  await Promise.all(
    [...sends].map(async ([provider, webhooks]) => {
      const before = new Set<SoakWebhook>();
      for (const webhook of webhooks) {
        const { attempts, ...answered } = await sendUntilTaken(inbox, webhook);
        unanswered.set(provider, (unanswered.get(provider) ?? 0) + attempts - 1);
        accepted.push({ webhook, ...answered });
        if (before.has(webhook)) duplicates += 1;
        before.add(webhook);
        onSent((sent += 1));
      }
    }),
  );
  return { accepted, duplicates, unanswered };
}

export async function sendUntilTaken(
  inbox: Inbox,
  { provider, payload, headers }: SoakWebhook,
): Promise<Omit<Accepted, "webhook"> & { readonly attempts: number }> {
  for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts += 1) {
    const reply = await inbox.send(provider, payload, headers).catch(() => undefined);
    if (reply && reply.status < 300) {
      const { id, key } = reply.json;
      return { id: String(id), ...(typeof key === "string" && { key }), attempts };
    }
    if (reply && reply.status < 500)
      throw new Error(`${provider} was answered ${reply.status}: ${reply.text}`);
    await pause(50 * attempts);
  }
  throw new Error(`${provider} was not taken after ${MOST_ATTEMPTS} attempts`);
}
