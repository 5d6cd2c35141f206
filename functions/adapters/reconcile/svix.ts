import { DAY_MS } from "../../domain/day";
import type { ListedEvent, ProviderApi } from "../../domain/reconcile-ports";
import { findSpans } from "../../../providers/engine/json-spans";
import type { ApiCall } from "./call";

export interface SvixSettings {
  /** Id or uid of the application. */
  readonly app: string;
  /** Id or uid of its endpoint. */
  readonly endpoint: string;
}

/** @see https://docs.svix.com/retention */
const KEPT_MS = 90 * DAY_MS;
const LONGEST_MS = 6 * 60 * 60_000;

/**
 * Maximum page size.
 * @see https://api.svix.com/docs#tag/Message-Attempt/operation/v1.message-attempt.list-attempted-messages
 */
const PAGE = "250";

interface Message {
  readonly id: string;
  readonly eventType: string;
  readonly timestamp: string;
  readonly payload?: unknown;
}

/** Regions with a host of their own. A key names its region after its full stop, as Svix's libraries read it. */
const REGIONS = ["us", "eu", "in", "ca", "au"];

export function svixHost(key: string): string {
  const region = key.split(".")[1] ?? "";
  return REGIONS.includes(region) ? `api.${region}.svix.com` : "api.svix.com";
}

/**
 * Returns a client for the messages of a Svix endpoint, newest first, including those that were never sent to it.
 * @param idHeader the header that a message's id is sent in, such as `svix-id`
 */
export function svixApi({ app, endpoint }: SvixSettings, idHeader: string, call: ApiCall): ProviderApi {
  const path = `/api/v1/app/${encodeURIComponent(app)}/endpoint/${encodeURIComponent(endpoint)}`;

  const eventOf = (text: string): ListedEvent => {
    const { id, eventType, timestamp, payload } = JSON.parse(text) as Message;
    const [span] = findSpans(text, ["payload"]);
    // Leave out an expired payload: Svix keeps the rest of a message for longer.
    const isThere = span !== undefined && payload !== null && payload !== undefined;
    return {
      id,
      at: Date.parse(timestamp),
      type: eventType,
      ...(isThere && {
        content: { headers: { [idHeader]: [id] }, body: Buffer.from(text.slice(span.start, span.end)) },
      }),
    };
  };

  return {
    async endpoint() {
      const { text, date } = await call(path);
      const { disabled, filterTypes, createdAt } = JSON.parse(text) as {
        readonly disabled?: boolean;
        readonly filterTypes?: readonly string[] | null;
        readonly createdAt: string;
      };
      return {
        now: date,
        ...(disabled && {
          off: `The endpoint ${endpoint} is disabled: Svix sends nothing. Enable it there.`,
        }),
        notes: [],
        expects: ({ type, at }) => (filterTypes?.includes(type) ?? true) && at >= Date.parse(createdAt),
      };
    },
    events: {
      keptMs: KEPT_MS,
      longestMs: LONGEST_MS,
      async *list({ from, until }) {
        const query = [
          ["limit", PAGE],
          ["with_content", "true"],
          // Begin a millisecond earlier: both filters exclude the given time itself.
          ["after", new Date(from - 1).toISOString()],
          ["before", new Date(until).toISOString()],
        ] as const;
        for (let iterator: string | null = null; ;) {
          const more = iterator === null ? [] : [["iterator", iterator] as const];
          const { text } = await call(`${path}/msg`, { query: [...query, ...more] });
          yield findSpans(text, ["data", "*"]).map(({ start, end }) => eventOf(text.slice(start, end)));
          const page = JSON.parse(text) as { readonly done: boolean; readonly iterator: string | null };
          iterator = page.iterator;
          if (page.done || iterator === null) return;
        }
      },
    },
  };
}
