import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { echoQuery } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  where: "App Console > your app > Settings > Webhooks",
  secret: "the app secret",
  notes:
    "Two hints for the same accounts have the same bytes, so each request is an event of its own: fetch by cursor, so that a retry does no harm.",
};

/**
 * A webhook is a notification without content: it says which accounts changed, and the consumer fetches the changes.
 */
export default bodyHmac({
  id: "dropbox",
  name: "Dropbox",
  header: "X-Dropbox-Signature",
  handshakes: [echoQuery("challenge")],
  event: { entity: "list_folder.accounts.*" },
  otherwise: {
    by: "request",
    because: "A body says only which accounts changed and is the same for every change.",
  },
});

export const sample: Sample = {
  body: { list_folder: { accounts: ["dbid:AAH4"] } },
  event: { type: "unknown", entity: "dbid:AAH4" },
};
