import { answersAtFirstEvent } from "./answers-at-first-event";
import { answersBeforeQueued } from "./answers-before-queued";
import { believesHttp200 } from "./believes-http-200";
import { claimPutsBackReceived } from "./claim-puts-back-received";
import { chunksSideBySide } from "./chunks-side-by-side";
import { duplicateNotQueued } from "./duplicate-not-queued";
import { keyWithoutBody } from "./key-without-body";
import { knowsByBody } from "./knows-by-body";
import { leavesPoisonToTheRedrive } from "./leaves-poison-to-the-redrive";
import { overtakesHeld } from "./overtakes-held";
import { sendsReferenceFirst } from "./sends-reference-first";
import type { Variant } from "../world";

/** Mistakes that a change of the product could make, each as a variant of it, with the rule that it breaks. */
export const BROKEN: Readonly<Record<string, { readonly variant: Variant; readonly breaks: string }>> = {
  "answers 2xx before the queue has the message": {
    variant: answersBeforeQueued,
    breaks: "durableBeforeAnswered",
  },
  "does not queue a duplicate, although the first attempt may have died before the queue": {
    variant: duplicateNotQueued,
    breaks: "noLoss",
  },
  "gives the neighbours of a poison webhook back at the last receive": {
    variant: leavesPoisonToTheRedrive,
    breaks: "poisonStaysAlone",
  },
  "takes a failed execution for a good one, since its answer was HTTP 200": {
    variant: believesHttp200,
    breaks: "noLoss",
  },
  "runs the chunks of one group side by side": { variant: chunksSideBySide, breaks: "inOrder" },
  "sends a payload by reference before the object is there": {
    variant: sendsReferenceFirst,
    breaks: "sameEvent",
  },
  "puts `received` back over `published` when a duplicate arrives": {
    variant: claimPutsBackReceived,
    breaks: "noDuplicate",
  },
  "answers 2xx when the first event of a request is durable, and dies before the others are": {
    variant: answersAtFirstEvent,
    breaks: "durableBeforeAnswered",
  },
  "processes what arrives before what is held, while a provider resumes": {
    variant: overtakesHeld,
    breaks: "inOrder",
  },
  "takes a second happening with the same body for a duplicate": { variant: knowsByBody, breaks: "noLoss" },
  "leaves the body out of the key, so that a stranger who sends an id first keeps its event out": {
    variant: keyWithoutBody,
    breaks: "noLoss",
  },
};
