import { EventWebhook } from "@sendgrid/eventwebhook";
import { verifyKey } from "discord-interactions";
import { parse } from "node:querystring";
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from "twilio";
import { esModule } from "./es-module";
import { withQuery } from "../../../providers/engine/address";
import { accepting, cached, valueOf, type OfficialLibrary } from "./library";

/** The part of `@linear/sdk/webhooks` that is used here. */
interface LinearWebhooks {
  readonly LinearWebhookClient: new (secret: string) => {
    verify(rawBody: Buffer, signature: string): boolean;
  };
}
const { LinearWebhookClient } = esModule<LinearWebhooks>("@linear/sdk/webhooks");
const linear = cached((secret) => new LinearWebhookClient(secret));

const eventWebhook = new EventWebhook();
const sendgridKey = cached((publicKey) => eventWebhook.convertPublicKeyToECDSA(publicKey));

/** Libraries of providers with a time in the body, a signed URL, or a key pair. */
export const otherLibraries: readonly OfficialLibrary[] = [
  {
    name: "@linear/sdk",
    scheme: "linear",
    sameWork: true,
    accepts: (incoming, secret) =>
      Promise.resolve(
        accepting(() => linear(secret).verify(incoming.body, valueOf(incoming, "linear-signature"))),
      ),
  },
  {
    name: "twilio",
    scheme: "twilio",
    sign: (payload, { secret, url }) =>
      Promise.resolve({ "X-Twilio-Signature": getExpectedTwilioSignature(secret, url, parse(payload)) }),
    accepts: (incoming, secret) => {
      const signature = valueOf(incoming, "x-twilio-signature");
      const { body, query = {}, url: address = "" } = incoming;
      const known = new URLSearchParams(address.split("?")[1]);
      const url = withQuery(
        address,
        Object.fromEntries(Object.entries(query).filter(([name]) => !known.has(name))),
      );
      return Promise.resolve(
        accepting(() =>
          url.includes("bodySHA256=")
            ? validateRequestWithBody(secret, signature, url, body.toString())
            : validateRequest(secret, signature, url, parse(body.toString())),
        ),
      );
    },
  },
  {
    name: "discord-interactions",
    scheme: "discord",
    slow: true,
    accepts: (incoming, publicKey) =>
      verifyKey(
        incoming.body,
        valueOf(incoming, "x-signature-ed25519"),
        valueOf(incoming, "x-signature-timestamp"),
        publicKey,
      ),
  },
  {
    name: "@sendgrid/eventwebhook",
    scheme: "sendgrid",
    slow: true,
    accepts: (incoming, publicKey) =>
      Promise.resolve(
        accepting(() =>
          eventWebhook.verifySignature(
            sendgridKey(publicKey),
            incoming.body,
            valueOf(incoming, "x-twilio-email-event-webhook-signature"),
            valueOf(incoming, "x-twilio-email-event-webhook-timestamp"),
          ),
        ),
      ),
  },
];
