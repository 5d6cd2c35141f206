import type { Variant } from "../world";

/** Never dead-letters by itself: at the last receive the poison webhook goes back, and everything behind it with it. */
export const leavesPoisonToTheRedrive: Variant = {
  groupPorts: (ports) => ({ ...ports, maxReceiveCount: Number.POSITIVE_INFINITY }),
};
