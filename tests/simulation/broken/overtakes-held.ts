import type { Variant } from "../world";

/** What arrives while a provider resumes is processed at once, as if nothing of its group were held. */
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
