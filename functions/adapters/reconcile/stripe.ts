import { DAY_MS } from "../../domain/day";
import type { ListedEvent, ProviderApi } from "../../domain/reconcile-ports";
import { findSpans } from "../../../providers/engine/json-spans";
import type { ApiCall } from "./call";

export interface StripeSettings {
  /** Id of the webhook endpoint, `we_...`. */
  readonly endpoint: string;
  /** Connected account whose events are compared, `acct_...`. */
  readonly account?: string | undefined;
}

/** @see https://docs.stripe.com/api/events/list */
const PAGE = "100";
const KEPT_MS = 30 * DAY_MS;
const LONGEST_MS = 6 * 60 * 60_000;

/**
 * Maximum number of event types by which a list can be filtered.
 * @see https://docs.stripe.com/api/events/list#list_events-types
 */
const MAX_TYPES = 20;

/**
 * Event types that an endpoint gets only if it selects them by name: `*` does not include them.
 * @see https://docs.stripe.com/api/events/types#event_types-reporting.report_type.updated
 */
const ONLY_IF_SELECTED = ["reporting.report_type.updated"];

interface WebhookEndpoint {
  readonly status: string;
  readonly enabled_events: readonly string[];
  readonly api_version: string | null;
  readonly created: number;
}

interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly api_version?: string | null;
}

/**
 * Returns a client for Stripe's events, newest first, and its webhook endpoint. A restricted key with read permission
 * on both is enough.
 */
export function stripeApi({ endpoint, account }: StripeSettings, call: ApiCall): ProviderApi {
  const headers = account === undefined ? {} : { "stripe-account": account };
  // Settings of the endpoint, which is read before the events.
  let enabled: readonly string[] = ["*"];
  let version: string | null = null;

  const eventOf = (text: string): ListedEvent => {
    const { id, type, created, api_version: own } = JSON.parse(text) as StripeEvent;
    const differs = version !== null && own != null && own !== version;
    return {
      id,
      at: created * 1_000,
      type,
      content: { headers: {}, body: Buffer.from(text) },
      ...(differs && {
        note: `The API gives events in the version ${own} in which they were made; webhooks of ${endpoint} have the version ${version}. Their fields can differ.`,
      }),
    };
  };

  return {
    async endpoint() {
      const { text, date } = await call(`/v1/webhook_endpoints/${endpoint}`);
      const { status, enabled_events, api_version, created } = JSON.parse(text) as WebhookEndpoint;
      [enabled, version] = [enabled_events, api_version];
      return {
        now: date,
        notes: [],
        ...(status !== "enabled" && {
          off: `Stripe has ${status} the endpoint ${endpoint}: fix what its deliveries fail with, then enable it in Workbench > Webhooks.`,
        }),
        expects: ({ type, at }) => {
          const isSelected =
            enabled.includes(type) || (enabled.includes("*") && !ONLY_IF_SELECTED.includes(type));
          return isSelected && at >= created * 1_000;
        },
      };
    },
    events: {
      keptMs: KEPT_MS,
      longestMs: LONGEST_MS,
      async *list({ from, until }) {
        const types = enabled.includes("*") || enabled.length > MAX_TYPES ? [] : enabled;
        const query = [
          ["limit", PAGE],
          ["created[gte]", String(Math.floor(from / 1_000))],
          ["created[lt]", String(Math.ceil(until / 1_000))],
          ...types.map((type) => ["types[]", type] as const),
        ] as const;
        for (let after: string | undefined; ;) {
          const more = after === undefined ? [] : [["starting_after", after] as const];
          const { text } = await call("/v1/events", { query: [...query, ...more], headers });
          const events = findSpans(text, ["data", "*"]).map(({ start, end }) =>
            eventOf(text.slice(start, end)),
          );
          yield events;
          after = events.at(-1)?.id;
          if (!(JSON.parse(text) as { has_more: boolean }).has_more || after === undefined) return;
        }
      },
    },
  };
}
