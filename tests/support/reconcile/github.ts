import { pageOf, type ApiDouble } from "./double";

/** A delivery as GitHub lists it; the id is text, since it can have more digits than a JavaScript number. */
export interface GitHubDelivery {
  readonly id: string;
  readonly guid: string;
  /** Time of the delivery, in milliseconds since the epoch. */
  readonly at: number;
  readonly redelivery: boolean;
  readonly status: number;
}

const HOOK = /^(?:\/repos\/acme\/app\/hooks\/7|\/orgs\/acme\/hooks\/7|\/app\/hook)/;

/**
 * API with the deliveries of one hook: newest first, for three days, with pages in the Link header; a redelivery has a
 * new id.
 */
export class GitHubDouble {
  deliveries: GitHubDelivery[] = [];
  active = true;
  /** Guids whose redelivery is not accepted. */
  readonly impossible = new Set<string>();
  /** Sends a due redelivery to the inbox, and returns the status of the answer. */
  send: (guid: string) => number | Promise<number> = () => 202;
  readonly #due: string[] = [];
  #nextId = 10n ** 17n + 1n;

  constructor(private readonly now: () => number) {}

  add(delivery: Pick<GitHubDelivery, "guid" | "at"> & Partial<GitHubDelivery>): void {
    this.deliveries.push({ id: String(this.#nextId++), redelivery: false, status: 502, ...delivery });
  }

  /** Sends the requested redeliveries, as GitHub does after it has answered the request. */
  async redeliver(): Promise<void> {
    for (const guid of this.#due.splice(0)) {
      const status = await this.send(guid);
      this.add({ guid, at: this.now(), redelivery: true, status });
    }
  }

  readonly api: ApiDouble = ({ method, path, query }) => {
    const [hook] = HOOK.exec(path) ?? [];
    if (hook === undefined) return undefined;
    const rest = path.slice(hook.length);
    if (method === "GET" && (rest === "" || (hook === "/app/hook" && rest === "/config")))
      return { json: rest === "" ? this.#hook() : { url: "https://inbox.test/webhook/github" } };
    const [, id] = /^\/deliveries\/(\d+)\/attempts$/.exec(rest) ?? [];
    if (method === "POST" && id !== undefined) return this.#request(id);
    if (method !== "GET" || rest !== "/deliveries") return undefined;
    const listed = this.deliveries
      .filter(({ at }) => at >= this.now() - 3 * 86_400_000)
      .sort((a, b) => b.at - a.at || (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    const after = Number(query.get("cursor")?.replace("v1_", "") ?? 0);
    const limit = Math.min(100, Number(query.get("per_page") ?? 30));
    const { page, more } = pageOf(listed, after, limit);
    const next = `<https://api.github.com${path}?per_page=${limit}&cursor=v1_${after + limit}>; rel="next"`;
    return { text: `[${page.map(itemText).join(",")}]`, headers: more ? { link: next } : {} };
  };

  #request(id: string) {
    const delivery = this.deliveries.find((one) => one.id === id);
    if (!delivery) return { status: 404, json: { message: "Not Found" } };
    if (this.impossible.has(delivery.guid)) return { status: 422, json: { message: "Validation Failed" } };
    this.#due.push(delivery.guid);
    return { status: 202, json: {} };
  }

  #hook() {
    const url = "https://api.github.com/repos/acme/app/hooks/7";
    return {
      ...{ type: "Repository", id: 7, name: "web", active: this.active, events: ["push"] },
      config: { url: "https://inbox.test/webhook/github", content_type: "json", insecure_ssl: "0" },
      ...{ url, test_url: `${url}/test`, ping_url: `${url}/pings`, deliveries_url: `${url}/deliveries` },
      ...{ created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z" },
      last_response: { code: 502, status: "misconfigured", message: "Invalid HTTP Response: 502" },
    };
  }
}

function itemText({ id, guid, at, redelivery, status }: GitHubDelivery): string {
  const item = {
    guid,
    delivered_at: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
    redelivery,
    duration: 0.1,
    status: status < 400 ? "OK" : "failed to connect",
    status_code: status,
    event: "issues",
    action: "opened",
    installation_id: null,
    repository_id: 1,
    throttled_at: null,
  };
  return `{"id": ${id},${JSON.stringify(item).slice(1)}`;
}
