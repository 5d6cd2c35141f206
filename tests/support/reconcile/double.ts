import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request to a provider's API. */
export interface DoubleRequest {
  readonly method: string;
  /** Without the host that the product puts in front. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface DoubleAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; else JSON. */
  readonly json?: unknown;
  readonly text?: string;
}

/** The API of one provider: undefined for a path that it does not have. */
export type ApiDouble = (request: DoubleRequest) => DoubleAnswer | undefined;

/** Stands for the APIs of providers on this machine. */
export class Double {
  /** The APIs' clock, milliseconds since the epoch. */
  now: () => number = Date.now;
  /** Answers of the next requests, before the APIs get any. */
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
    // `/api.stripe.com/v1/events` is what the product calls, `/v1/events` what the providers' own clients do.
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

/** Returns a page of a list that is ordered the newest first, and whether there is more behind it. */
export function pageOf<T>(items: readonly T[], after: number, limit: number) {
  const page = items.slice(after, after + limit);
  return { page, more: after + limit < items.length };
}
