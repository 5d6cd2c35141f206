import { isSigned, type Scheme, type SuccessAnswer } from "../engine/scheme";
import { elementsOf, locationsOf, type ElementsEntry, type EventEntry } from "./event-entry";

/** What a scheme says besides how it is verified. */
export interface Entry extends Omit<Scheme, "verify" | "confidence" | "event" | "elements" | "success"> {
  /** @default secondary */
  readonly confidence?: Scheme["confidence"];
  readonly event: EventEntry;
  readonly elements?: ElementsEntry;
  /** A number is a status without a body. */
  readonly success?: number | SuccessAnswer;
}

/** Returns a scheme out of an entry and its verification. */
export function defineScheme(entry: Entry & Pick<Scheme, "verify">): Scheme {
  const { confidence = "secondary", event, elements, success, ...scheme } = entry;
  const timed = isSigned(scheme.verify) && scheme.verify.timestamp !== undefined;
  return {
    ...scheme,
    confidence,
    event: locationsOf(event, timed),
    ...(elements && { elements: elementsOf(elements) }),
    ...(success !== undefined && { success: typeof success === "number" ? { status: success } : success }),
  };
}
