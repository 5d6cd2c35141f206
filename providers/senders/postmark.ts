import type { Sample, Setup } from "../engine/sender";
import { basicAuth } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
  where: "your server > a message stream > Webhooks > Add webhook, with basic auth",
  secret: "user name and password as user:password",
  notes:
    "Nothing is signed. Enter the credentials as Basic auth or in the address (`https://user:password@...`); inbound mail has only the latter.",
};

export default basicAuth({
  id: "postmark",
  name: "Postmark",
  success: 200,
  event: { type: "RecordType", entity: "MessageID" },
  otherwise: { by: "body", because: "Every body has the message's id, what became of it and when." },
});

export const sample: Sample = {
  body: { RecordType: "Delivery", MessageID: "m1" },
  event: { type: "Delivery", entity: "m1" },
};
