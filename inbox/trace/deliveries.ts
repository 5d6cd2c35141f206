import type { DeliveryState } from "../../functions/domain/delivery-state";
import { parseLogLine, type DeliveryLine, type ProcessedLine } from "../../functions/domain/log-line";
import type { Inbox } from "../connect";
import { deliveryLog } from "../consumers";
import { deliveriesOfWebhook, type Delivery } from "../deliveries";
import { searchLog } from "../logs";
import type { WebhookRecord } from "../records/record";

/** What became of a webhook at one consumer. */
export interface ConsumerDelivery extends Partial<Omit<DeliveryState, "status">> {
  readonly consumer: string;
  /** `queue`, `http` or `lambda`; absent if the stack no longer has the consumer. */
  readonly kind?: string;
  readonly replay: number;
  /**
   * `sent` if it is in the consumer's queue, `undelivered` if the queue did not accept it; over HTTP, the state of the
   * delivery.
   */
  readonly status: DeliveryState["status"] | "sent" | "undelivered";
  /** Log lines of the attempts over HTTP, the oldest first. */
  readonly log: readonly DeliveryLine[];
}

/** Milliseconds around a delivery within which its log is searched. */
const AROUND_MS = 120_000;

/** Returns what was read; if it cannot be read, reports that under the given name and returns the alternative. */
export type OrGap = <T>(what: string, otherwise: T, read: Promise<T>) => Promise<T>;

/**
 * Returns what became of a webhook at each consumer: by the log lines of its processing, by its record, and over HTTP by what the
 * delivery functions wrote.
 * @param logs `processed` are the log lines of its processing. Without `logs` no log is read, and deliveries that were only sent
 *   to a queue are left out
 */
export async function readDeliveries(
  inbox: Inbox,
  webhook: WebhookRecord,
  logs?: { readonly processed: readonly ProcessedLine[]; readonly orGap: OrGap },
): Promise<readonly ConsumerDelivery[]> {
  const consumers = inbox.outputs.consumer_queues;
  const found = new Map<string, ConsumerDelivery>();
  const add = (one: Pick<ConsumerDelivery, "consumer" | "replay" | "status"> & Partial<ConsumerDelivery>) => {
    const kind = Object.hasOwn(consumers, one.consumer) ? consumers[one.consumer]?.kind : undefined;
    found.set(`${one.consumer} ${one.replay}`, { log: [], ...(kind !== undefined && { kind }), ...one });
  };
  for (const { replay, consumers: names = [] } of logs?.processed ?? [])
    for (const consumer of names) add({ consumer, replay, status: "sent" });
  const unreached = webhook.undelivered ?? [];
  for (const consumer of unreached) add({ consumer, replay: webhook.replay, status: "undelivered" });
  for (const { replay, undelivered = [] } of logs?.processed ?? [])
    for (const { consumer, error } of undelivered)
      add({ consumer, replay, status: "undelivered", error: `${error.code}: ${error.message}` });
  if (Object.values(consumers).some(({ kind }) => kind === "http")) {
    const lastReplay = Math.max(webhook.replay, ...webhook.operations.map(({ replay = 0 }) => replay));
    const deliveries = await deliveriesOfWebhook(inbox, { ...webhook, lastReplay });
    const called = new Set(deliveries.map(({ consumer }) => consumer));
    const readLog = (consumer: string) =>
      logs?.orGap(`The log of ${consumer}`, [], attemptsAt(inbox, webhook, consumer, deliveries)) ??
      Promise.resolve([]);
    const attempts = (await Promise.all([...called].map(readLog))).flat();
    for (const delivery of deliveries) {
      const log = attempts.filter(
        ({ consumer, replay }) => consumer === delivery.consumer && replay === delivery.replay,
      );
      add({ ...delivery, log });
    }
  }
  return [...found.values()].sort((a, b) =>
    a.consumer < b.consumer ? -1 : a.consumer > b.consumer ? 1 : a.replay - b.replay,
  );
}

/** Returns the log lines of every attempt at a consumer, as far as its log is kept. */
async function attemptsAt(
  inbox: Inbox,
  webhook: WebhookRecord,
  consumer: string,
  deliveries: readonly Delivery[],
): Promise<readonly DeliveryLine[]> {
  const group = await deliveryLog(consumer, inbox);
  if (group === undefined) return [];
  const ended = deliveries.filter((one) => one.consumer === consumer).map(({ at }) => Date.parse(at));
  const window = { from: Date.parse(webhook.receivedAt) - AROUND_MS, to: Math.max(...ended) + AROUND_MS };
  const lines = await searchLog(inbox, group, webhook.id, window);
  return lines.flatMap(({ json }) => {
    const line = parseLogLine(json, "webhook.delivery");
    return line?.provider === webhook.provider && (line.key ?? line.id) === webhook.key ? [line] : [];
  });
}
