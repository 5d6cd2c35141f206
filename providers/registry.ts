import type { Scheme } from "./engine/scheme";
import { senders } from "./senders";

/** Every scheme by its id. Without a prototype, so that `constructor` is not one. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(Object.entries(senders).map(([id, { default: scheme }]) => [id, scheme])),
  ),
);
