import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyDelivery } from "../../consumer";
import type { Handled } from "./judge-consumer";

/** Shares of the calls that are answered 503, and that are never answered. */
const FAILS = 0.2;
const HANGS = 0.05;

/** Seconds in the header `retry-after` of each failure: the schedule's hours are too long for a soak. */
const RETRY_AFTER = "1";

/** A consumer's server that fails and hangs. */
export interface BadServer {
  readonly url: string;
  /** Secret that calls are signed with; set once the stack is deployed. */
  secret: string;
  /** Events that were answered 2xx, in the order of the answers. */
  readonly handled: readonly Handled[];
  /** Number of calls that were not answered 2xx, by event. */
  readonly failures: ReadonlyMap<string, number>;
  /** Number of calls that were not signed, or contained no event. */
  readonly forged: number;
  close(): void;
}

/**
 * Starts the server on this machine. It never accepts an event with `rejected` in its data.
 * @param random returns a number from 0 to 1, for each call
 */
export async function startBadServer(random: () => number): Promise<BadServer> {
  const handled: Handled[] = [];
  const failures = new Map<string, number>();
  const state = { secret: "", forged: 0 };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = { headers: request.headers, body: await buffer(request) };
    let event;
    try {
      event = verifyDelivery(received, state.secret);
    } catch {
      state.forged += 1;
      return void response.writeHead(401).end();
    }
    const name = `${event.provider}#${event.id}`;
    const rejected = (event.data as { rejected?: boolean } | undefined)?.rejected === true;
    const luck = random();
    if (!rejected && luck >= FAILS + HANGS) {
      handled.push({ name, at: Date.now() });
      return void response.writeHead(204).end();
    }
    failures.set(name, (failures.get(name) ?? 0) + 1);
    if (!rejected && luck < HANGS) return;
    response.writeHead(rejected ? 422 : 503, { "retry-after": RETRY_AFTER }).end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    handled,
    failures,
    get forged() {
      return state.forged;
    },
    set secret(value: string) {
      state.secret = value;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
