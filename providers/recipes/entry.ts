import type { Coverage, Scheme, Setup, SuccessAnswer } from "../engine/scheme";
import type { Elements, EventLocations } from "../engine/event-locations";

/** What every entry of the registry says besides how it is verified; what is left out of `event` is not there. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly docs: string;
  readonly confidence: Scheme["confidence"];
  readonly setup: Setup;
  readonly event: Partial<EventLocations> & Pick<EventLocations, "otherwise">;
  readonly elements?: Elements;
  readonly contentTypes?: readonly string[];
  readonly success?: SuccessAnswer;
  readonly covers?: Coverage;
}

const NOWHERE = { id: [], type: [], time: [] };

/** A scheme out of an entry and its verification. */
export function define({ event, ...entry }: Entry, verify: Scheme["verify"]): Scheme {
  return { ...entry, verify, event: { ...NOWHERE, ...event } };
}
