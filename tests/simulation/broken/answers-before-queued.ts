import type { Variant } from "../world";

/** Sends the message without waiting until the queue has it. */
export const answersBeforeQueued: Variant = {
  ingestPorts: (ports) => ({
    ...ports,
    queue: {
      send: async (message) => {
        void ports.queue.send(message).catch(() => {});
      },
    },
  }),
};
