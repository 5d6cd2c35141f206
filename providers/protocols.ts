import { formField, parseForm } from "./form";
import {
  braintreeChallenge,
  confirmSubscription,
  crcToken,
  discordPing,
  drainVerification,
  echoHeader,
  echoHeaderAsJson,
  echoQuery,
  eventSubChallenge,
  hookSecret,
  hubChallenge,
  hubChallengeAsJson,
  mondayChallenge,
  present,
  urlValidation,
  validationToken,
  verificationToken,
  webhookIdPing,
} from "./questions";
import type { WebhookRequest } from "./request";
import type { Scheme, WrappedPayload } from "./scheme";

type Protocol = Pick<Scheme, "handshakes" | "contentTypes" | "success" | "unwrap">;

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

/** JSON in one field of a form. */
function jsonInField(name: string): Pick<Scheme, "unwrap"> {
  return {
    unwrap: ({ body }: WebhookRequest): WrappedPayload | undefined => {
      const value = formField(parseForm(body), name);
      return value === undefined ? undefined : { bytes: Buffer.from(value), mediaType: JSON_TYPE };
    },
  };
}

/**
 * What senders expect beyond a signature, by the id of their scheme: how they ask whether the endpoint is their user's,
 * in which forms they send, and which answer they take for a success.
 */
const protocols: Readonly<Record<string, Protocol>> = {
  asana: { handshakes: [hookSecret] },
  "aws-sns": { handshakes: [confirmSubscription] },
  braintree: { handshakes: [braintreeChallenge] },
  discord: { handshakes: [discordPing], success: { status: 204 } },
  airtable: { success: { status: 200 } },
  dropbox: { handshakes: [echoQuery("challenge")] },
  front: { handshakes: [echoHeader("x-front-challenge")] },
  intercom: { handshakes: [present("HEAD")] },
  mailchimp: { handshakes: [present("GET")], contentTypes: [FORM_TYPE] },
  mandrill: { handshakes: [present("HEAD")], ...jsonInField("mandrill_events") },
  meta: { handshakes: [hubChallenge()] },
  "microsoft-graph": { handshakes: [validationToken] },
  "mollie-classic": { contentTypes: [FORM_TYPE], success: { status: 200 } },
  monday: { handshakes: [mondayChallenge] },
  notion: { handshakes: [verificationToken] },
  nylas: { handshakes: [echoQuery("challenge")] },
  okta: { handshakes: [echoHeaderAsJson("x-okta-verification-challenge", "verification")] },
  // Commands are a form, interactions are JSON in its field `payload`.
  slack: { contentTypes: [JSON_TYPE, FORM_TYPE], ...jsonInField("payload") },
  strava: { handshakes: [hubChallengeAsJson], success: { status: 200 } },
  trello: { handshakes: [present("HEAD")] },
  twitch: { handshakes: [eventSubChallenge] },
  "vercel-log-drains": { handshakes: [drainVerification], contentTypes: [JSON_TYPE, "application/x-ndjson"] },
  whatsapp: { handshakes: [hubChallenge()] },
  woocommerce: { handshakes: [webhookIdPing], contentTypes: [JSON_TYPE, FORM_TYPE] },
  twitter: { handshakes: [crcToken] },
  uber: { success: { status: 200 } },
  // An intent to receive is signed, at times wrongly: 401 to those comes by itself, and an empty 200 is wanted.
  xero: { success: { status: 200 } },
  zoom: { handshakes: [urlValidation] },
};

/** A sender's protocol; its handshakes come after those that its scheme names itself. */
export function protocolOf({ id, handshakes = [] }: Scheme): Protocol {
  const protocol = Object.hasOwn(protocols, id) ? protocols[id] : undefined;
  if (!protocol?.handshakes) return protocol ?? {};
  return { ...protocol, handshakes: [...handshakes, ...protocol.handshakes] };
}

/** Ids of the schemes that have a protocol here. */
export const protocolIds: readonly string[] = Object.keys(protocols);
