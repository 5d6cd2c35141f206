import type { Variant } from "../world";
import { rekeyed } from "./rekeyed";

/** Believes the id in an unsigned header, so that anyone who sends it first with another body keeps the event out. */
export const keyWithoutBody: Variant = {
  ingestPorts: (ports) => rekeyed(ports, ({ id }) => id),
};
