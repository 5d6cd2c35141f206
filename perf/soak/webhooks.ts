import { BY_ENTITY } from "../../functions/domain/ordering-key";
import { schemes } from "../../providers";

interface Sender {
  readonly name: string;
  readonly scheme: string;
  /** What distinguishes a duplicate from a new event; see providers/engine/event-locations.ts. */
  readonly knownBy: "signed-id" | "header-id" | "body" | "nothing";
  readonly split?: true;
}

/**
 * Providers of the soak: one for every rule by which an event is identified, and one whose requests contain several
 * events.
 */
const SENDERS: readonly Sender[] = [
  { name: "stripe", scheme: "stripe", knownBy: "signed-id" },
  { name: "slack", scheme: "slack", knownBy: "signed-id" },
  { name: "standard", scheme: "standard-webhooks", knownBy: "signed-id" },
  { name: "sendgrid", scheme: "sendgrid", knownBy: "signed-id", split: true },
  { name: "github", scheme: "github", knownBy: "header-id" },
  { name: "shopify", scheme: "shopify", knownBy: "header-id" },
  { name: "acme", scheme: "hmac-sha256", knownBy: "header-id" },
  { name: "calcom", scheme: "calcom", knownBy: "body" },
  { name: "dropbox", scheme: "dropbox", knownBy: "nothing" },
];

/** The same providers as the stack is configured with them, with an expression that fails for a poison event. */
export const PROVIDERS = SENDERS.map(({ name, scheme, split }) => {
  if (!schemes[scheme]) throw new Error(`there is no scheme ${scheme}`);
  return {
    name,
    scheme,
    secret: { ssm: `/webhook-inbox/local/${name}` },
    transform: "data.soak.poison ? $error('poison') : data.soak",
    ...(split && { split, orderingKey: BY_ENTITY }),
  };
});

/** One event of a request that holds several. */
export interface SoakElement {
  readonly id: string;
  /** Message group within the provider. */
  readonly group: string;
  readonly poison: boolean;
}

/** One webhook to send, as its provider would write it. */
export interface SoakWebhook {
  readonly provider: string;
  readonly poison: boolean;
  readonly payload: unknown;
  /** Event id and type, if the scheme has them in headers. */
  readonly headers: { readonly id?: string; readonly type?: string };
  /** Events of the request, each of which is published by itself; absent if the webhook is one event. */
  readonly elements?: readonly SoakElement[];
  /** Whether each request is an event of its own, so that a request that is sent again is published again. */
  readonly eachRequest: boolean;
}

/** Webhooks to send by provider, in this order; a webhook that is listed twice is sent twice. */
export type Plan = ReadonlyMap<string, readonly SoakWebhook[]>;

export interface PlanOptions {
  readonly webhooks: number;
  /** Share of the webhooks after which an earlier one is sent again. */
  readonly duplicates: number;
  /** Share of the events that cannot be processed. */
  readonly poison: number;
  /** Share of the webhooks that are processed, but that every consumer rejects. */
  readonly rejected: number;
  /** Whether the events are not wanted by the consumer over HTTP. */
  readonly quiet?: true;
}

/** Maximum number of events in a request of the split provider. */
const MOST_ELEMENTS = 5;
/** Number of message groups of the split provider. */
const GROUPS = 3;

/** Returns the webhooks to send: distributed over the providers, with duplicates of earlier ones in between. */
export function plan(run: string, options: PlanOptions, random: () => number): Plan {
  const sends = new Map<string, SoakWebhook[]>(SENDERS.map(({ name }) => [name, []]));
  for (let index = 0; index < options.webhooks; index += 1) {
    const sender = SENDERS[index % SENDERS.length]!;
    const order = sends.get(sender.name)!;
    order.push(write(run, sender, Math.floor(index / SENDERS.length), options, random));
    const earlier = order[Math.floor(random() * order.length)];
    if (earlier && random() < options.duplicates) order.push(earlier);
  }
  return sends;
}

function write(
  run: string,
  { name, knownBy, split }: Sender,
  position: number,
  options: PlanOptions,
  random: () => number,
): SoakWebhook {
  const id = `${run}-${name}-${position}`;
  const forConsumers = {
    ...(random() < options.rejected && { rejected: true }),
    ...(options.quiet && { quiet: true }),
  };
  if (split) return writeBatch(id, name, options.poison, forConsumers, random);
  const poison = random() < options.poison;
  const base = { provider: name, poison, headers: {}, eachRequest: knownBy === "nothing" };
  const soak = { run, poison, ...forConsumers };
  switch (name) {
    case "stripe":
      return { ...base, payload: { id, type: "invoice.paid", soak } };
    case "slack":
      return {
        ...base,
        payload: { type: "event_callback", event_id: id, event: { type: "message" }, soak },
      };
    case "standard":
      return { ...base, payload: { type: "contact.created", soak }, headers: { id } };
    case "calcom":
      // Changes the time, which is the only difference between two events.
      return {
        ...base,
        payload: { triggerEvent: "BOOKING_CREATED", createdAt: new Date(position).toISOString(), soak },
      };
    case "dropbox":
      return { ...base, payload: { list_folder: { accounts: ["dbid:AAH4f99"] }, soak } };
    default:
      // Keeps the bytes the same for all events: only the id in the header distinguishes them.
      return { ...base, payload: { state: "changed", soak }, headers: { id, type: "thing.made" } };
  }
}

/** Returns a request like SendGrid's: events of some messages, in the order in which they happened. */
function writeBatch(
  id: string,
  provider: string,
  poisonShare: number,
  forConsumers: object,
  random: () => number,
): SoakWebhook {
  const elements = Array.from(
    { length: 1 + Math.floor(random() * MOST_ELEMENTS) },
    (_, index): SoakElement => ({
      id: `${id}-${index}`,
      group: `message-${Math.floor(random() * GROUPS)}`,
      poison: random() < poisonShare,
    }),
  );
  const payload = elements.map((element, index) => ({
    sg_event_id: element.id,
    sg_message_id: element.group,
    event: index % 2 === 0 ? "delivered" : "open",
    timestamp: 1_700_000_000,
    soak: { poison: element.poison, ...forConsumers },
  }));
  const poison = elements.some((element) => element.poison);
  return { provider, poison, payload, headers: {}, elements, eachRequest: false };
}
