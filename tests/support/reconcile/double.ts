import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request to a provider's API. */
export interface DoubleRequest {
  readonly method: string;
  /** Path without the host that the product puts in front. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface DoubleAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body as JSON, or as text that is sent unchanged. */
  readonly json?: unknown;
  readonly text?: string;
}

/** API of one provider. Returns undefined for a path that it does not have. */
export type ApiDouble = (request: DoubleRequest) => DoubleAnswer | undefined;

/** A server on this machine that replaces the APIs of providers. */
export class Double {
  /** Clock of the APIs, in milliseconds since the epoch. */
  now: () => number = Date.now;
  /** Answers to the next requests, which the APIs then do not get. */
  readonly next: DoubleAnswer[] = [];
  readonly requests: DoubleRequest[] = [];
  readonly #server = createServer((request, response) => {
    void this.#answer(request).then(({ status = 200, headers = {}, json, text: body }) => {
      response.writeHead(status, { date: new Date(this.now()).toUTCString(), ...headers });
      response.end(body ?? (json === undefined ? "" : JSON.stringify(json)));
    });
  });

  constructor(private readonly apis: readonly ApiDouble[]) {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage): Promise<DoubleAnswer> {
    const { pathname, searchParams: query } = new URL(incoming.url ?? "", this.url);
    // Remove the host: the product calls `/api.stripe.com/v1/events`, the providers' own clients `/v1/events`.
    const path = pathname.replace(/^\/[a-z0-9-]+(\.[a-z0-9-]+)+(?=\/)/, "");
    const { method = "", headers } = incoming;
    const request = { method, path, query, headers, body: await text(incoming) };
    this.requests.push(request);
    const planned = this.next.shift();
    if (planned) return planned;
    for (const api of this.apis) {
      const answer = api(request);
      if (answer) return answer;
    }
    return { status: 404, json: { message: "Not Found" } };
  }
}

/** Returns a page of a list whose newest item is first, and whether there are more items after it. */
export function pageOf<T>(items: readonly T[], after: number, limit: number) {
  const page = items.slice(after, after + limit);
  return { page, more: after + limit < items.length };
}
