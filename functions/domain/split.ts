import { readElements, type ElementFacts } from "../../providers";
import { admittedOf, inlined, store, type Admitted } from "./ingest";
import type { IngestPorts, QueueMessage } from "./ingest-ports";
import type { IngestRequest } from "./ingest-request";
import { BY_ENTITY, orderingValue } from "./ordering-key";
import type { PayloadContent } from "./payload";
import type { Provider } from "./provider";
import { eventId, eventType, keyOf, messageGroup, payloadKey } from "./webhook";

/**
 * Most events that a request is split into. The messages of a group are sent one behind the other, some 10 ms each, and
 * providers wait a few seconds for the answer. A request with more travels as one event.
 */
export const MAX_ELEMENTS = 250;

/** Calls of one kind that are under way at once for one request. */
const AT_ONCE = 25;

const JSON_TYPE = "application/json";

/** What a verified request is stored as. */
export interface AdmittedRequest {
  /** The request as one event; what the answer and the log name. */
  readonly whole: Admitted;
  /** One for each of its events, in its order; the whole one if it is not split. */
  readonly events: readonly Admitted[];
  /** Why a provider's request that is to be split is not. */
  readonly notSplit?: string;
}

/**
 * The events of a verified request: one, or those that it holds if its provider is configured with `split`.
 * @param signedAt when it was signed, milliseconds since the epoch, where its scheme says so
 */
export function admittedEvents(
  request: IngestRequest,
  provider: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): AdmittedRequest {
  const whole = admittedOf(request, provider, payload, signedAt);
  if (!provider.split) return { whole, events: [whole] };
  const elements =
    "text" in payload.data ? readElements(provider.scheme, request, payload.data.text) : undefined;
  if (!elements) return { whole, events: [whole], notSplit: "it holds no list of events" };
  if (elements.length > MAX_ELEMENTS) {
    return {
      whole,
      events: [whole],
      notSplit: `it holds ${elements.length} events, more than ${MAX_ELEMENTS}`,
    };
  }
  const events = elements.map((element, index) => elementOf(whole, provider, element, index));
  // The same event twice in one request is one.
  const first = new Map(events.map((event) => [event.webhook.id, event] as const).reverse());
  return { whole, events: events.filter((event) => first.get(event.webhook.id) === event) };
}

/** One event as if it had come by itself: a payload, an id, a record and a message of its own. */
function elementOf(
  whole: Admitted,
  { name, orderingKey }: Provider,
  element: ElementFacts,
  index: number,
): Admitted {
  const body = Buffer.from(element.text);
  const id = eventId(element.id ?? `${keyOf(whole.webhook)}:${index}`);
  const type = eventType(element.type);
  const s3Key = payloadKey(name, id, body);
  const content: PayloadContent = {
    value: element.value,
    data: { text: element.text },
    contentType: JSON_TYPE,
    raw: { contentType: JSON_TYPE },
  };
  const by = orderingKey === BY_ENTITY ? element.entity : orderingValue(element.value, orderingKey);
  return {
    webhook: {
      provider: name,
      id,
      type,
      ...(element.time !== undefined && { time: element.time }),
      ...(element.timeUnsigned && { timeUnsigned: true }),
      contentType: JSON_TYPE,
      size: body.length,
      s3Key,
      replay: 0,
      ...inlined(content),
    },
    raw: { key: s3Key, body, contentType: JSON_TYPE, eventId: id, eventType: type, split: true },
    group: messageGroup(name, by),
  };
}

type StorePorts = Pick<IngestPorts, "payloads" | "records" | "queue">;

/**
 * Makes all events of a request durable; what one event does by {@link store}. The messages of a group are sent one
 * behind the other and end at the first that is refused: then the provider's retry sends all again, and those that the
 * queue has are duplicates for it.
 * @returns `new` if any of them is
 * @throws if one is not durable
 */
export async function storeAll(
  events: readonly Admitted[],
  receivedAt: number,
  ports: StorePorts,
): Promise<"new" | "duplicate"> {
  const [only, ...others] = events;
  if (only && others.length === 0) return store(only, receivedAt, ports);
  const groups = new Map<string, Admitted[]>();
  for (const event of events) groups.set(event.group, [...(groups.get(event.group) ?? []), event]);
  const limited: StorePorts = {
    payloads: { put: limit(AT_ONCE, (payload) => ports.payloads.put(payload)) },
    records: { claim: limit(AT_ONCE, (claim) => ports.records.claim(claim)) },
    queue: { send: limit(AT_ONCE, (message) => ports.queue.send(message)) },
  };
  const settled = await Promise.allSettled(
    [...groups.values()].flatMap((group) => storeInOrder(group, receivedAt, limited)),
  );
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return settled.some((result) => result.status === "fulfilled" && result.value === "new")
    ? "new"
    : "duplicate";
}

/** Begins all of a group at once, but for the messages: each waits for the one before it to be in the queue. */
function storeInOrder(
  group: readonly Admitted[],
  receivedAt: number,
  { payloads, records, queue }: StorePorts,
): readonly Promise<"new" | "duplicate">[] {
  let before = Promise.resolve();
  return group.map((event) => {
    const turn = before;
    const sent = deferred();
    before = sent.promise;
    const send = async (message: QueueMessage): Promise<void> => {
      await turn;
      await queue.send(message);
      sent.resolve();
    };
    const stored = store(event, receivedAt, { payloads, records, queue: { send } });
    // Rejects for those behind it also if its message was not sent because its payload is not there.
    return stored.finally(() => sent.reject(new Error("the event before it is not in the queue")));
  });
}

/** A promise that others settle; only the first time counts, and nobody has to wait for it. */
function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** The function with at most so many calls of it under way. */
function limit<A, R>(atOnce: number, call: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (argument) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await call(argument);
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
