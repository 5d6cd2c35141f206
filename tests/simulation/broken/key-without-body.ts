import type { Variant } from "../world";
import { rekeyed } from "./rekeyed";

/**
 * Trusts the id in an unsigned header, so that an attacker who sends it first with another body suppresses the event.
 */
export const keyWithoutBody: Variant = {
  ingestPorts: (ports) => rekeyed(ports, ({ id }) => id),
};
