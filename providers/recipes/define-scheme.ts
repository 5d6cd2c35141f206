import { ConfigurationError } from "../engine/errors";
import type { Otherwise } from "../engine/event-locations";
import { isSigned, type Scheme, type SuccessAnswer } from "../engine/scheme";
import { elementsOf, locationsOf, type ElementsEntry, type EventFacts } from "./event-entry";
import { everyEventHasAnId, everyEventHasAnIdAndATime, everyRequestHasTheHeader } from "./otherwise";

/** What a scheme says besides how it is verified. */
export interface Entry extends Omit<Scheme, "verify" | "confidence" | "event" | "elements" | "success"> {
  /** @default secondary */
  readonly confidence?: Scheme["confidence"];
  /** Where an event says what it is. @default nowhere */
  readonly event?: EventFacts;
  /**
   * What identifies an event that has no id. It can be left out if every event has one inside of what is signed, or
   * every request has the header with that of the delivery.
   */
  readonly otherwise?: Otherwise;
  readonly elements?: ElementsEntry;
  /** A number is a status without a body. */
  readonly success?: number | SuccessAnswer;
}

/**
 * Returns a scheme out of an entry and its verification.
 * @throws ConfigurationError if it leaves open what identifies an event
 */
export function defineScheme(entry: Entry & Pick<Scheme, "verify">): Scheme {
  const { confidence = "secondary", event = {}, otherwise, elements, success, ...scheme } = entry;
  const rule = otherwise ?? usual(event, scheme.verify);
  if (!rule) throw new ConfigurationError(`scheme ${scheme.id} does not say what identifies an event`);
  return {
    ...scheme,
    confidence,
    event: locationsOf(event, rule),
    ...(elements && { elements: elementsOf(elements) }),
    ...(success !== undefined && { success: typeof success === "number" ? { status: success } : success }),
  };
}

function usual({ id, deliveryId }: EventFacts, verify: Scheme["verify"]): Otherwise | undefined {
  if (id !== undefined)
    return isSigned(verify) && verify.timestamp ? everyEventHasAnIdAndATime : everyEventHasAnId;
  return deliveryId === undefined ? undefined : everyRequestHasTheHeader;
}
