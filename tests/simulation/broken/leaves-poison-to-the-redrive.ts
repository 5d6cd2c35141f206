import type { Variant } from "../world";

/**
 * Never dead-letters a webhook itself: at the last receive it returns the poison webhook and everything behind it to
 * the queue.
 */
export const leavesPoisonToTheRedrive: Variant = {
  groupPorts: (ports) => ({ ...ports, maxReceiveCount: Number.POSITIVE_INFINITY }),
};
