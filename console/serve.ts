import { serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { createApp, type ConsoleOptions } from "./web/app";

/** The console's usual port; the next free one where it is taken. */
export const USUAL_PORT = 4567;

export interface RunningConsole {
  readonly url: string;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

/** Serves the console on loopback. @param port 0 for any free one @default {@link USUAL_PORT}, or a free one */
export async function startConsole(options: ConsoleOptions, port?: number): Promise<RunningConsole> {
  const app = await createApp(options);
  if (port !== undefined) return listen(app, port);
  return listen(app, USUAL_PORT).catch(() => listen(app, 0));
}

type App = Awaited<ReturnType<typeof createApp>>;

function listen({ fetch }: App, port: number): Promise<RunningConsole> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, (address: AddressInfo) =>
      resolve({
        url: `http://127.0.0.1:${address.port}`,
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
