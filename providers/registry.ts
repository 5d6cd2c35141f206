import type { Scheme } from "./engine/scheme";
import { senders } from "./senders";

/** Every scheme by its id. Has no prototype, so that `constructor` is not found as an id. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(Object.entries(senders).map(([id, { default: scheme }]) => [id, scheme])),
  ),
);
