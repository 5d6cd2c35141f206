import type { Variant } from "../world";

/** Processes new webhooks at once while a provider resumes, as if no messages of their group were held. */
export const overtakesHeld: Variant = {
  groupPorts: (ports) => ({
    ...ports,
    held: {
      ...ports.held,
      add: async (of, messages, behind, limit) =>
        !behind && (await ports.held.add(of, messages, behind, limit)),
    },
  }),
};
