import type { Variant } from "../world";

/** Answers a request when its first event is durable; a crash then loses the others. */
export const answersAtFirstEvent: Variant = {
  ingestPorts: (ports) => ({
    ...ports,
    payloads: { ...ports.payloads, put: onlyFirst(ports.payloads.put, undefined) },
    records: { claim: onlyFirst(ports.records.claim, "new") },
    queue: { send: onlyFirst(ports.queue.send, undefined) },
  }),
};

/** Returns a function that waits only for its first call. */
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
