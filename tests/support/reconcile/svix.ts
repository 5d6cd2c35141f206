import { pageOf, type ApiDouble } from "./double";

export interface SvixMessage {
  readonly id: string;
  readonly eventType: string;
  /** Time of the message, in milliseconds since the epoch. */
  readonly at: number;
  /** JSON that was sent to Svix; absent once it has expired. */
  readonly payload?: string;
}

const ENDPOINT = "/api/v1/app/app_1/endpoint/ep_1";

/** API with the messages of one endpoint of Svix: newest first, in pages by an iterator. */
export class SvixDouble {
  messages: SvixMessage[] = [];
  disabled = false;
  filterTypes: readonly string[] | null = null;

  readonly api: ApiDouble = ({ path, query }) => {
    if (path === ENDPOINT) return { json: this.#endpoint() };
    if (path !== `${ENDPOINT}/msg`) return undefined;
    const limit = Number(query.get("limit") ?? 50);
    if (limit > 250) return { status: 422, json: { detail: [] } };
    const after = Date.parse(query.get("after") ?? "1970-01-01T00:00:00Z");
    const before = Date.parse(query.get("before") ?? "9999-01-01T00:00:00Z");
    const listed = this.messages.filter(({ at }) => at > after && at < before).sort((a, b) => b.at - a.at);
    const iterator = query.get("iterator");
    const start = iterator === null ? 0 : listed.findIndex(({ id }) => `iterator_${id}` === iterator) + 1;
    const { page, more } = pageOf(listed, start, limit);
    const last = page.at(-1);
    const end = JSON.stringify({
      done: !more,
      iterator: last ? `iterator_${last.id}` : null,
      prevIterator: null,
    });
    return { text: `{"data": [${page.map(itemText).join(", ")}],${end.slice(1)}` };
  };

  #endpoint() {
    const at = "2026-01-01T00:00:00Z";
    const { disabled, filterTypes } = this;
    const own = {
      id: "ep_1",
      url: "https://inbox.test/webhook/svix",
      version: 1,
      description: "",
      metadata: {},
    };
    return { ...own, disabled, filterTypes, createdAt: at, updatedAt: at };
  }
}

function itemText({ id, eventType, at, payload = "null" }: SvixMessage): string {
  const item = { id, eventType, timestamp: new Date(at).toISOString(), status: 2, statusText: "fail" };
  return `{"payload": ${payload}, ${JSON.stringify(item).slice(1)}`;
}
