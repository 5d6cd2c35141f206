import * as custom from "./senders";
import { protocolOf } from "./protocols";
import type { Scheme } from "./engine/scheme";
import * as bodyHmac from "./recipes/body-hmac";
import * as inBody from "./recipes/in-body";
import * as learntSecret from "./recipes/learnt-secret";
import * as publicKey from "./recipes/public-key";
import * as standardWebhooks from "./recipes/standard-webhooks";
import * as timestampedHmac from "./recipes/timestamped-hmac";
import * as token from "./recipes/token";
import * as urlBound from "./recipes/url-bound";

/** The families of schemes that are data, by the names of their files. Every export of one is a scheme: adding one is one entry there. */
export const families: Readonly<Record<string, Readonly<Record<string, Scheme>>>> = {
  "body-hmac": bodyHmac,
  "timestamped-hmac": timestampedHmac,
  "standard-webhooks": standardWebhooks,
  "url-bound": urlBound,
  "public-key": publicKey,
  "in-body": inBody,
  token,
  "learnt-secret": learntSecret,
};

/** Every scheme by its id. Without a prototype, so that `constructor` is not one. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(
      [...Object.values<Readonly<Record<string, Scheme>>>(families), custom]
        .flatMap((family) => Object.values(family))
        .map((scheme) => [scheme.id, { ...scheme, ...protocolOf(scheme) }]),
    ),
  ),
);
