import { query } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { present } from "../recipes/challenges";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
  where: "Audience > Settings > Webhooks > Create new webhook; end the address with ?secret=<your secret>",
  secret: "the text after ?secret=",
  notes: "The secret is part of the address: choose letters and digits, at least 32 of them.",
};

export default sharedToken({
  id: "mailchimp",
  name: "Mailchimp Marketing",
  at: query("secret"),
  contentTypes: ["application/x-www-form-urlencoded"],
  handshakes: [present("GET")],
  event: { type: "type", entity: ["data.id", "data.list_id"] },
  otherwise: { by: "body", because: "Every body has the time at which it was fired." },
});

export const sample: Sample = {
  body: { type: "subscribe", data: { id: "8a25ff1d98" } },
  event: { type: "subscribe", entity: "8a25ff1d98" },
};
