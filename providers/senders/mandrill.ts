import { unprovedForm } from "../engine/form";
import { jsonInField } from "../recipes/json-in-field";
import { present } from "../recipes/challenges";
import { signedForm } from "../recipes/signed-form";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
  where: "Settings > Webhooks",
  secret: "the key of the webhook, beside it in the list",
};

/** Mailchimp Transactional. The events are a JSON list in the form's field `mandrill_events`. */
export default defineScheme({
  id: "mandrill",
  name: "Mailchimp Transactional (Mandrill)",
  contentTypes: ["application/x-www-form-urlencoded"],
  verify: signedForm({
    id: "mandrill",
    signatureHeader: "X-Mandrill-Signature",
    urls: (url) => [url],
    values: (values) => values,
    // Set no limit: all events of a batch are in one field, and an inbound message contains its attachments and images.
    // A limit below those of API Gateway and Lambda would lose genuine mail.
    limits: unprovedForm(Infinity),
  }),
  handshakes: [present("HEAD")],
  unwrap: jsonInField("mandrill_events"),
  event: { type: ["*.event", "*.type"], time: { s: "*.ts" } },
  otherwise: { by: "body", because: "Every event has its time and the id of its message." },
  elements: {
    at: "*",
    inField: "mandrill_events",
    // Hash the whole event: its id is the message's, and a message can be opened twice.
    hashOf: "element",
    type: ["event", "type"],
    time: { s: "ts" },
    entity: ["_id", "msg._id"],
  },
});

export const sample: Sample = {
  body: "mandrill_events=%5B%7B%22event%22%3A%22send%22%2C%22ts%22%3A1772366400%7D%5D",
  event: { type: "send", time: NOON },
};
