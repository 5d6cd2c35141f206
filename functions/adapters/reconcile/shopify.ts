import { ApiError, type ProviderApi } from "../../domain/reconcile-ports";
import type { ApiCall } from "./call";

export interface ShopifySettings {
  /** Host of the shop, `<name>.myshopify.com`. */
  readonly shop: string;
}

/** @see https://shopify.dev/docs/api/usage/versioning */
const PATH = "/admin/api/2026-07/graphql.json";

const QUERY = "{ webhookSubscriptions(first: 250) { nodes { topic uri } } }";

interface Answer {
  readonly data?: { readonly webhookSubscriptions?: { readonly nodes: readonly Subscription[] } | null };
  readonly errors?: unknown;
}
interface Subscription {
  readonly topic: string;
  readonly uri: string;
}

/**
 * Returns a client that checks whether the app still has subscriptions to this endpoint: Shopify lists no deliveries,
 * and deletes subscriptions whose deliveries keep failing.
 * @param path end of the endpoint's address, such as `/webhook/shopify`
 */
export function shopifyApi(path: string, call: ApiCall): ProviderApi {
  return {
    async endpoint() {
      const { text, date } = await call(PATH, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: QUERY }),
      });
      const { data, errors } = JSON.parse(text) as Answer;
      const subscriptions = data?.webhookSubscriptions?.nodes;
      // Check the data: GraphQL answers 200 even if the token lacks the permission.
      if (!subscriptions)
        throw new ApiError(
          errors === undefined ? "unexpected" : "denied",
          "Shopify does not return the webhook subscriptions",
        );
      const topics = subscriptions.filter(({ uri }) => uri.endsWith(path)).map(({ topic }) => topic);
      return {
        now: date,
        notes: [
          topics.length > 0
            ? `Subscribed to ${topics.join(", ")}.`
            : `The app has no subscription to an address that ends with ${path}. Shopify deletes those whose deliveries fail for hours. Subscriptions made in the shop's admin are not visible here.`,
        ],
        expects: () => true,
      };
    },
  };
}
