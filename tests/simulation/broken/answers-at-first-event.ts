import type { Variant } from "../world";

/** Answers a request when the first of its events is durable; a crash then takes the others with it. */
export const answersAtFirstEvent: Variant = {
  ingestPorts: (ports) => ({
    ...ports,
    payloads: { ...ports.payloads, put: onlyFirst(ports.payloads.put, undefined) },
    records: { claim: onlyFirst(ports.records.claim, "new") },
    queue: { send: onlyFirst(ports.queue.send, undefined) },
  }),
};

/** Waits for the first call alone. */
function onlyFirst<A, R>(call: (argument: A) => Promise<R>, result: R): (argument: A) => Promise<R> {
  let first = true;
  return async (argument) => {
    const made = call(argument);
    if (first) {
      first = false;
      return made;
    }
    made.catch(() => {});
    return result;
  };
}
