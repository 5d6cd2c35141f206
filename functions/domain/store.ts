import type { IngestPorts, QueueMessage } from "./ingest-ports";
import { deduplicationId, keyOf, recordKey } from "./webhook";
import { travelsInline, type Admitted } from "./webhook-of-request";

/** Calls of one kind that are under way at once for one request. */
const AT_ONCE = 25;

type StorePorts = Pick<IngestPorts, "payloads" | "records" | "queue">;

/**
 * Makes all events of a request durable; what one event does by {@link store}. The messages of a group are sent one
 * behind the other and end at the first that is rejected: then the provider's retry sends all again, and those that the
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
    payloads: {
      put: limit(AT_ONCE, (payload) => ports.payloads.put(payload)),
      remove: limit(AT_ONCE, (key) => ports.payloads.remove(key)),
    },
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

/** Returns a promise with its settling functions; an unhandled rejection of it is ignored. */
function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** Limits the number of concurrent calls of a function. */
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

/**
 * Makes the webhook durable in all three places. Every attempt of the provider queues again under the same
 * deduplication id: that closes the window in which an earlier attempt died between record and queue. A payload that
 * travels by reference is there before the message that refers to it.
 *
 * A webhook that was erased is a duplicate, and its payload is removed again before the answer. The workflow leaves its message
 * out.
 */
async function store(
  { webhook, raw: payload, group }: Admitted,
  receivedAt: number,
  ports: StorePorts,
): Promise<"new" | "duplicate"> {
  const raw = ports.payloads.put(payload);
  const message = { webhook, group, deduplicationId: deduplicationId(webhook), receivedAt };
  const queued = travelsInline(webhook)
    ? ports.queue.send(message)
    : raw.then(() => ports.queue.send(message));
  const claimed = ports.records.claim({
    key: recordKey(webhook.provider, keyOf(webhook)),
    webhook,
    group,
    receivedAt,
  });
  // All are waited for, also when one fails at once: a frozen function must not hold a call under way.
  const settled = await Promise.allSettled([raw, claimed, queued]);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  if ((await claimed) === "new") return "new";
  if ((await claimed) === "erased") await ports.payloads.remove(payload.key);
  return "duplicate";
}
