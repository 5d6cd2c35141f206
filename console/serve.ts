import { serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { newAccessToken } from "./web/guard";
import { createApp } from "./web/app";
import type { ConsoleOptions } from "./web/site";

/** Usual port of the console; if it is taken, the next free one is used. */
export const USUAL_PORT = 4567;

export interface RunningConsole {
  readonly url: string;
  /** Address that a person opens: the page's, with the token. */
  readonly address: string;
  /** Header that authenticates a script. */
  readonly authorization: string;
  /** Ends the server, with every connection. */
  close(): Promise<void>;
}

/** Serves the console on loopback. @param port 0 for any free one @default {@link USUAL_PORT}, or a free one */
export async function startConsole(options: ConsoleOptions, port?: number): Promise<RunningConsole> {
  const access = newAccessToken();
  const app = await createApp(options, access);
  if (port !== undefined) return listen(app, access, port);
  return listen(app, access, USUAL_PORT).catch(() => listen(app, access, 0));
}

type App = Awaited<ReturnType<typeof createApp>>;

function listen({ fetch }: App, access: string, port: number): Promise<RunningConsole> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, (address: AddressInfo) =>
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        address: `http://127.0.0.1:${address.port}/?token=${access}`,
        authorization: `Bearer ${access}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      }),
    );
    server.once("error", reject);
  });
}
