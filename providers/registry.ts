import type { Scheme } from "./scheme";
import * as bodyHmac from "./schemes/body-hmac";
import * as inBody from "./schemes/in-body";
import * as publicKey from "./schemes/public-key";
import * as standardWebhooks from "./schemes/standard-webhooks";
import * as timestampedHmac from "./schemes/timestamped-hmac";
import * as token from "./schemes/token";
import * as urlBound from "./schemes/url-bound";

/** The families by the names of their files. Every export of one is a scheme: adding one is one entry there. */
export const families: Readonly<Record<string, Readonly<Record<string, Scheme>>>> = {
  "body-hmac": bodyHmac,
  "timestamped-hmac": timestampedHmac,
  "standard-webhooks": standardWebhooks,
  "url-bound": urlBound,
  "public-key": publicKey,
  "in-body": inBody,
  token,
};

/** Every scheme by its id. Without a prototype, so that `constructor` is not one. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(
      Object.values(families)
        .flatMap((family) => Object.values(family))
        .map((scheme) => [scheme.id, scheme]),
    ),
  ),
);
