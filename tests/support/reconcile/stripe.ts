import { pageOf, type ApiDouble } from "./double";

export interface StripeDoubleEvent {
  readonly id: string;
  readonly type: string;
  /** Time of the event, in seconds since the epoch. */
  readonly created: number;
  readonly api_version?: string;
  /** Time from which the event is listed, in milliseconds since the epoch. @default at once */
  readonly listedFrom?: number;
  /** Further members of the event's JSON, as text. */
  readonly more?: string;
}

const DAY = 86_400;

/** API with Stripe's events and one webhook endpoint: newest first, for 30 days; an unknown cursor is an error. */
export class StripeDouble {
  events: StripeDoubleEvent[] = [];
  endpoint: Record<string, unknown> | undefined;

  constructor(
    private readonly now: () => number,
    private readonly id = "we_1",
  ) {
    this.endpoint = {
      id,
      object: "webhook_endpoint",
      status: "enabled",
      enabled_events: ["*"],
      api_version: null,
      created: 0,
      livemode: false,
    };
  }

  /** Returns the text of an event in a list. */
  textOf({ id, type, created, api_version = "2026-08-26.dahlia", more = "" }: StripeDoubleEvent): string {
    const object = { id: `obj_${id}`, object: "invoice" };
    const known = { id, object: "event", api_version, created, type, livemode: false, pending_webhooks: 1 };
    return `${JSON.stringify({ ...known, data: { object }, request: null }).slice(0, -1)}${more}}`;
  }

  readonly api: ApiDouble = ({ path, query }) => {
    if (path === `/v1/webhook_endpoints/${this.id}`)
      return this.endpoint ? { json: this.endpoint } : invalid(404, `No such webhook endpoint: ${this.id}`);
    if (path !== "/v1/events") return undefined;
    const known = new Set(["limit", "created[gte]", "created[lt]", "types[]", "starting_after"]);
    // Accept lists in the form of Stripe's client for Node.
    const wrong = [...query.keys()].find((name) => !known.has(name.replace(/\[\d+\]$/, "[]")));
    if (wrong !== undefined) return invalid(400, `Received unknown parameter: ${wrong}`);
    const limit = Number(query.get("limit") ?? 10);
    if (limit > 100) return invalid(400, "Invalid integer: limit");
    const types = [...query].filter(([name]) => name.startsWith("types[")).map(([, type]) => type);
    if (types.length > 20) return invalid(400, "types has at most 20");
    const from = Number(query.get("created[gte]") ?? 0);
    const until = Number(query.get("created[lt]") ?? Infinity);
    const now = this.now();
    const listed = this.events
      .filter(({ created, listedFrom = 0 }) => created >= now / 1_000 - 30 * DAY && listedFrom <= now)
      .filter(({ created }) => created >= from && created < until)
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .sort((a, b) => b.created - a.created);
    const cursor = query.get("starting_after");
    const at = cursor === null ? -1 : listed.findIndex(({ id }) => id === cursor);
    if (cursor !== null && at < 0) return invalid(400, `No such event: '${cursor}'`);
    const { page, more } = pageOf(listed, at + 1, limit);
    const data = page.map((event) => this.textOf(event)).join(",\n    ");
    return { text: `{"object": "list", "data": [${data}], "has_more": ${more}, "url": "/v1/events"}` };
  };
}

function invalid(status: number, message: string) {
  return { status, json: { error: { type: "invalid_request_error", message } } };
}
