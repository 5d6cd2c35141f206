import type { Variant } from "../world";

/** Has no breaker: an outage that outlasts the receives of a message sends it to the dead-letter queue. */
export const neverPauses: Variant = {
  groupPorts: (ports) => ({ ...ports, breaker: { open: async () => {} } }),
};
