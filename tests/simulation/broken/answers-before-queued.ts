import type { Variant } from "../world";

/** The message is sent, and nobody waits to hear that the queue has it. */
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
