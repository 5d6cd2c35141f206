import { schemes } from "../../../providers";
import type { ProviderApi } from "../../domain/reconcile-ports";
import { apiCall } from "./call";
import { githubApi, githubHeaders, type GitHubSettings } from "./github";
import { shopifyApi, type ShopifySettings } from "./shopify";
import { stripeApi, type StripeSettings } from "./stripe";
import { svixApi, svixHost, type SvixSettings } from "./svix";

/** Kind of a provider's API, with the settings that name what is compared (an endpoint, a hook, a shop). */
export type ApiSettings =
  | ({ readonly api: "stripe" } & StripeSettings)
  | ({ readonly api: "github" } & GitHubSettings)
  | ({ readonly api: "shopify" } & ShopifySettings)
  | ({ readonly api: "svix" } & SvixSettings);

/** Returns whether a provider's events are identified by a delivery id, to which their records' keys add a hash. */
export const knownByDelivery = ({ api }: ApiSettings): boolean => api === "github";

/**
 * Returns a client of the provider's API.
 * @param provider its configured name, and the id of its scheme
 * @param signal aborts all calls
 */
export function apiOf(
  settings: ApiSettings,
  provider: { readonly name: string; readonly scheme: string },
  key: string,
  signal: AbortSignal,
): ProviderApi {
  const bearer = () => ({ authorization: `Bearer ${key}` });
  switch (settings.api) {
    case "stripe":
      return stripeApi(settings, apiCall({ host: "api.stripe.com", headers: bearer, signal }));
    case "github": {
      const headers = () => githubHeaders(settings, key);
      return githubApi(settings, apiCall({ host: "api.github.com", headers, signal }));
    }
    case "shopify": {
      const headers = () => ({ "x-shopify-access-token": key });
      return shopifyApi(`/webhook/${provider.name}`, apiCall({ host: settings.shop, headers, signal }));
    }
    case "svix":
      return svixApi(
        settings,
        idHeaderOf(provider.scheme),
        apiCall({ host: svixHost(key), headers: bearer, signal }),
      );
  }
}

/** Returns the header in which a scheme of Standard Webhooks sends the message's id. */
function idHeaderOf(scheme: string): string {
  const [at] = schemes[scheme]?.event.id ?? [];
  const name = at?.from === "header" ? at.names[0] : undefined;
  if (name === undefined) throw new Error(`the scheme ${scheme} has no header with a message's id`);
  return name.toLowerCase();
}
