import type { EventLocations } from "../engine/event-locations";
import type { Scheme } from "../engine/scheme";

/** What a scheme says besides how it is verified; what is left out of `event` is not there. */
export interface Entry extends Omit<Scheme, "verify" | "event"> {
  readonly event: Partial<EventLocations> & Pick<EventLocations, "otherwise">;
}

const NOWHERE = { id: [], type: [], time: [] };

/** Returns a scheme out of an entry and its verification. */
export function defineScheme({ event, ...scheme }: Entry & Pick<Scheme, "verify">): Scheme {
  return { ...scheme, event: { ...NOWHERE, ...event } };
}
