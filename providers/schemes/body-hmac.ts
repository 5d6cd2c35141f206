import { body, header, path, type Scheme } from "../scheme";

/*
 * HMAC over the raw body alone. No header but the signature is protected, and there is no timestamp, so the only
 * thing between a captured request and its replay is deduplication, by a key that the replay cannot choose.
 *
 * These senders do name each delivery in a header, but whoever replays a captured request can leave that header out
 * or change it, and would be published again every time. The event's id is therefore the SHA-256 of the signed body.
 * What that costs: two events with byte-identical bodies are one within the retention of the records. Bodies nearly
 * always hold an id or a time of their own; where a sender is known to repeat itself under another event type,
 * `hashedWith` keeps those apart. What it gives besides: a delivery that is sent again by hand, or twice because two
 * subscriptions match, is one event also where its delivery id is new.
 */

/**
 * GitHub's event is not hashed in: its bodies already differ from event to event, so it would only give a replay more
 * to choose from. The events whose body can repeat are `ping`, and `workflow_dispatch` or `repository_dispatch` with
 * the same inputs while nothing else in the repository changed; of such the second is taken as a duplicate.
 */
export const github: Scheme = {
  id: "github",
  name: "GitHub",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  confidence: "vector",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["X-Hub-Signature-256"],
      value: { form: "whole", prefix: "sha256=" },
      encoding: "hex",
    },
    content: [body],
  },
  event: {
    id: [],
    deliveryId: header("X-GitHub-Delivery"),
    type: [[header("X-GitHub-Event"), ".", path("action")], [header("X-GitHub-Event")]],
    time: [],
  },
};

const topic = header("X-Shopify-Topic");

/**
 * Topics that send the same resource and can therefore send identical bytes: an order that is paid at once goes out
 * as `orders/create`, `orders/paid` and `orders/updated`. Hashing the body alone would lose all but one of these.
 * A replay under another topic of the list does get through, once for each, as an event of that type: the topic is not
 * signed, so nobody can tell it from a real one. The list bounds that; every topic outside it counts as none.
 * @see https://shopify.dev/docs/api/webhooks
 */
const snapshotTopics = Object.entries({
  carts: "create update",
  checkouts: "create update",
  collections: "create update",
  companies: "create update",
  customer_groups: "create update",
  customers: "create update enable disable",
  discounts: "create update",
  domains: "create update",
  draft_orders: "create update",
  fulfillments: "create update",
  inventory_items: "create update",
  inventory_levels: "connect update",
  locations: "create update activate deactivate",
  orders: "create updated paid cancelled fulfilled partially_fulfilled",
  product_listings: "add update",
  products: "create update",
  subscription_contracts: "create update activate pause cancel expire fail",
  themes: "create update publish",
}).flatMap(([resource, actions]) => actions.split(" ").map((action) => `${resource}/${action}`));

/** The key is the app's client secret. */
export const shopify: Scheme = {
  id: "shopify",
  name: "Shopify",
  docs: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
  confidence: "official",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["X-Shopify-Hmac-SHA256"],
      value: { form: "whole" },
      encoding: "base64",
    },
    content: [body],
  },
  event: {
    id: [],
    hashedWith: { header: topic, values: snapshotTopics },
    deliveryId: header("X-Shopify-Webhook-Id"),
    type: [[topic]],
    time: [{ at: header("X-Shopify-Triggered-At"), unit: "iso" }],
  },
};

/**
 * For senders of the user's own: a hexadecimal HMAC-SHA256 of the body. `X-Webhook-Id` is not signed, so it is shown
 * and not trusted; a sender that repeats bodies on purpose puts an id into them, or uses Standard Webhooks, which
 * signs the id and the time.
 */
export const hmacSha256: Scheme = {
  id: "hmac-sha256",
  name: "HMAC-SHA256",
  docs: "https://www.rfc-editor.org/rfc/rfc2104",
  confidence: "vector",
  verify: {
    kind: "hmac",
    hash: "sha256",
    key: { encoding: "utf8" },
    signature: {
      headers: ["X-Signature-256"],
      value: { form: "whole", prefix: "sha256=", prefixOptional: true },
      // .NET and Java write hexadecimal in upper case by default.
      encoding: "hex-any-case",
    },
    content: [body],
  },
  event: {
    id: [],
    deliveryId: header("X-Webhook-Id"),
    type: [[header("X-Webhook-Type")]],
    time: [],
  },
};
