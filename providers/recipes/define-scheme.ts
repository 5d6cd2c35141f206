import { ConfigurationError } from "../engine/errors";
import type { Otherwise } from "../engine/event-locations";
import { isSigned, type Scheme, type SuccessAnswer } from "../engine/scheme";
import { elementsOf, locationsOf, type ElementsEntry, type EventFacts } from "./event-entry";
import { everyEventHasAnId, everyEventHasAnIdAndATime, everyRequestHasTheHeader } from "./otherwise";

/** Everything about a scheme except its verification. */
export interface Entry extends Omit<Scheme, "verify" | "confidence" | "event" | "elements" | "success"> {
  /** @default secondary */
  readonly confidence?: Scheme["confidence"];
  /** Where a request says what happened. @default nowhere */
  readonly event?: EventFacts;
  /**
   * What identifies an event without an id. Not needed if every event has a signed id, or every request has the header
   * with the delivery's id.
   */
  readonly otherwise?: Otherwise;
  readonly elements?: ElementsEntry;
  /** Answer to an accepted webhook; a number is a status without a body. */
  readonly success?: number | SuccessAnswer;
}

/**
 * Returns a scheme, from an entry and its verification.
 * @throws ConfigurationError if the entry does not decide what identifies an event
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
