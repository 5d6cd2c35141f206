import { customSchemes } from "./custom";
import { protocolOf } from "./protocols";
import type { Scheme } from "./scheme";
import { github, hmacSha256, shopify } from "./schemes/body-hmac";
import { standardWebhooks, svix } from "./schemes/standard-webhooks";
import { slack, stripe } from "./schemes/timestamped-hmac";

const all = [stripe, github, shopify, slack, standardWebhooks, svix, hmacSha256, ...customSchemes];

/** Every scheme by its id. Without a prototype, so that `constructor` is not one. */
export const schemes: Readonly<Record<string, Scheme>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<string, Scheme>,
    Object.fromEntries(all.map((scheme) => [scheme.id, { ...scheme, ...protocolOf(scheme) }])),
  ),
);
