import type { IngestPorts, QueueMessage } from "./ingest-ports";
import { deduplicationId, keyOf, recordKey } from "./webhook";
import { travelsInline, type Admitted } from "./webhook-of-request";

/** Maximum number of concurrent calls of each kind for one request. */
const AT_ONCE = 25;

type StorePorts = Pick<IngestPorts, "payloads" | "records" | "queue">;

/**
 * Makes all events of a request durable, each by {@link store}. The messages of a group are sent one after the other
 * until one is rejected. The provider's retry then sends all again, and SQS deduplicates those that it already has.
 * @returns `new` if any of them is new
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

/** Starts storing all events of a group at once, but sends each message only once the one before it is in the queue. */
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
    // Reject the messages behind this one also if it was not sent, because its payload was not stored.
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
 * Makes the webhook durable as payload, record and message. Queues it again under the same deduplication id at every
 * attempt of the provider, because an earlier attempt may have failed between record and queue. A payload that travels
 * by reference is stored before the message that refers to it.
 *
 * Counts an erased webhook as a duplicate and removes its payload again before the answer. The workflow ignores its
 * message.
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
  // Wait for all calls even if one fails at once: the function may be frozen after its answer, and must have none in
  // progress.
  const settled = await Promise.allSettled([raw, claimed, queued]);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  if ((await claimed) === "new") return "new";
  if ((await claimed) === "erased") await ports.payloads.remove(payload.key);
  return "duplicate";
}
