import type { BusEvent } from "../helpers/inbox";
import type { SoakWebhook } from "./webhooks";

/** A webhook that the endpoint took, and the event id that it gave. */
export interface Accepted extends SoakWebhook {
  readonly id: string;
}

/** What a soak has shown. */
export interface Judgement {
  readonly accepted: number;
  readonly published: number;
  /** Event ids that are on the bus more than once. */
  readonly duplicatesOnBus: readonly string[];
  /** Accepted, and neither published nor in the dead-letter queue. */
  readonly lost: readonly string[];
  /** Published before one that its group's queue had taken earlier. */
  readonly outOfOrder: readonly string[];
  readonly deadLettered: { readonly expected: number; readonly healthy: readonly string[] };
  /** Poison, and not in the dead-letter queue. */
  readonly poisonElsewhere: readonly string[];
  /** Webhooks whose status in the table is not what became of them. */
  readonly wrongStatus: readonly string[];
}

/**
 * Compares what was sent with what is on the bus, in the dead-letter queue and in the table.
 * @param events in the order of publishing
 * @param statuses by provider and id
 */
export function judge(
  accepted: readonly Accepted[],
  events: readonly BusEvent[],
  deadLetters: readonly { readonly provider: string; readonly id: string }[],
  statuses: ReadonlyMap<string, string | undefined>,
): Judgement {
  const key = ({ provider, id }: { provider: string; id: string }) => `${provider}#${id}`;
  const ours = new Map(accepted.map((webhook) => [key(webhook), webhook]));
  const published = events
    .map(({ source, detail }) => `${source.replace("webhook.", "")}#${detail.id}`)
    .filter((id) => ours.has(id));
  const once = new Set(published);
  const parked = new Set(deadLetters.map(key));

  const outOfOrder: string[] = [];
  const last = new Map<string, number>();
  for (const id of once) {
    const webhook = ours.get(id);
    if (!webhook) continue;
    if (webhook.position < (last.get(webhook.provider) ?? -1)) outOfOrder.push(id);
    else last.set(webhook.provider, webhook.position);
  }
  const keys = [...ours.keys()];
  const isPoison = (id: string) => ours.get(id)?.poison === true;
  return {
    accepted: ours.size,
    published: once.size,
    duplicatesOnBus: published.filter((id, index) => published.indexOf(id) !== index),
    lost: keys.filter((id) => !once.has(id) && !parked.has(id)),
    outOfOrder,
    deadLettered: {
      expected: [...parked].filter(isPoison).length,
      healthy: [...parked].filter((id) => !isPoison(id)),
    },
    poisonElsewhere: keys.filter((id) => isPoison(id) && (!parked.has(id) || once.has(id))),
    wrongStatus: keys.filter((id) => statuses.get(id) !== (isPoison(id) ? "dead_lettered" : "published")),
  };
}

/** What of it should not be; empty where all is as it must be. */
export function findings(judgement: Judgement): readonly string[] {
  const { duplicatesOnBus, lost, outOfOrder, deadLettered, poisonElsewhere, wrongStatus } = judgement;
  const named: [string, readonly string[]][] = [
    ["on the bus twice, and no fault came between publishing and recording", duplicatesOnBus],
    ["lost", lost],
    ["out of order", outOfOrder],
    ["healthy and dead-lettered", deadLettered.healthy],
    ["poison and not parked", poisonElsewhere],
    ["with another status in the table", wrongStatus],
  ];
  return named
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => `${ids.length} ${what}: ${ids.slice(0, 5).join(", ")}`);
}
