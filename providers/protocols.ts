import { formField, parseForm } from "./engine/form";
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
} from "./recipes/challenges";
import type { WebhookRequest } from "./engine/request";
import type { Scheme, WrappedPayload } from "./engine/scheme";

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
 * how a payload is wrapped, and which answer they take for a success. Xero has no place here: what it
 * asks is signed, at times wrongly, and 200 or 401 come by themselves.
 */
const protocols: Readonly<Record<string, Protocol>> = {
  asana: { handshakes: [hookSecret] },
  "aws-sns": { handshakes: [confirmSubscription] },
  braintree: { handshakes: [braintreeChallenge] },
  discord: { handshakes: [discordPing] },
  dropbox: { handshakes: [echoQuery("challenge")] },
  front: { handshakes: [echoHeader("x-front-challenge")] },
  intercom: { handshakes: [present("HEAD")] },
  mailchimp: { handshakes: [present("GET")] },
  mandrill: { handshakes: [present("HEAD")], ...jsonInField("mandrill_events") },
  meta: { handshakes: [hubChallenge()] },
  // GitHub's page offers it first: JSON in the field `payload` of a form.
  github: { contentTypes: [JSON_TYPE, FORM_TYPE], ...jsonInField("payload") },
  "microsoft-graph": { handshakes: [validationToken] },
  monday: { handshakes: [mondayChallenge] },
  notion: { handshakes: [verificationToken] },
  nylas: { handshakes: [echoQuery("challenge")] },
  okta: { handshakes: [echoHeaderAsJson("x-okta-verification-challenge", "verification")] },
  slack: {
    // Commands are a form, interactions are JSON in its field `payload`.
    ...jsonInField("payload"),
    // Who gave the command reads the answer.
    success: { status: 200, only: FORM_TYPE },
  },
  strava: { handshakes: [hubChallengeAsJson] },
  trello: { handshakes: [present("HEAD")] },
  twitch: { handshakes: [eventSubChallenge] },
  twitter: { handshakes: [crcToken] },
  "vercel-log-drains": { handshakes: [drainVerification] },
  whatsapp: { handshakes: [hubChallenge()] },
  woocommerce: { handshakes: [webhookIdPing], contentTypes: [JSON_TYPE] },
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
