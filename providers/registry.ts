import type { Scheme } from "./scheme";
import * as custom from "./custom";
import { protocolOf } from "./protocols";
import * as bodyHmac from "./schemes/body-hmac";
import * as inBody from "./schemes/in-body";
import * as learntSecret from "./schemes/learnt-secret";
import * as publicKey from "./schemes/public-key";
import * as standardWebhooks from "./schemes/standard-webhooks";
import * as timestampedHmac from "./schemes/timestamped-hmac";
import * as token from "./schemes/token";
import * as urlBound from "./schemes/url-bound";

/** Every export of a family is a scheme: adding one is one entry there. */
const families: readonly Readonly<Record<string, Scheme>>[] = [
  bodyHmac,
  timestampedHmac,
  standardWebhooks,
  urlBound,
  publicKey,
  inBody,
  token,
  learntSecret,
  custom,
];

/** Every scheme by its id. Without a prototype, so that `constructor` is not one. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(
      families
        .flatMap((family) => Object.values(family))
        .map((scheme) => [scheme.id, { ...scheme, ...protocolOf(scheme) }]),
    ),
  ),
);
