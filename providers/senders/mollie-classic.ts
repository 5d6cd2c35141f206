import type { Sample, Setup } from "../engine/sender";
import { unsigned } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://docs.mollie.com/reference/webhooks",
  where: "webhookUrl of the request that makes a payment",
  secret: "none",
  notes:
    "The body is an id only: fetch the object from Mollie. Every change of one object has the same bytes and is one event within the retention of the records: use the next-gen webhooks where each change counts.",
};

/** The body is only an id, so all changes of one payment have the same bytes. */
export default unsigned({
  id: "mollie-classic",
  name: "Mollie (classic webhooks)",
  contentTypes: ["application/x-www-form-urlencoded"],
  success: 200,
  event: { type: { text: "payment" }, entity: "id" },
  otherwise: { by: "request", because: "A body is an id only and is the same for every change." },
});

export const sample: Sample = { body: { id: "tr_1" }, event: { type: "payment", entity: "tr_1" } };
