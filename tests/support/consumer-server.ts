import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A consumer's server on this machine that counts its calls; with 503 it wants to be left alone for an hour. */
export function consumerServer() {
  const state = { answer: 500, calls: 0 };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      state.calls += 1;
      const later = state.answer === 503 ? { "retry-after": "3600" } : {};
      response.writeHead(state.answer, later).end("no such customer");
    });
  });
  /** Starts the server. @returns its URL */
  const start = async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  return Object.assign(state, { start, close: () => void server.close() });
}
