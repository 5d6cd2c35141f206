import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { DeliverPorts } from "../domain/deliver-ports";
import type { Header } from "../domain/kept-headers";
import { problemOfAddress, problemOfHost } from "../domain/public-address";
import { publicLookup } from "./public-lookup";

/** Milliseconds within which the connection must be established. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Maximum number of bytes of a response body that are read. */
const MAX_ANSWER_BYTES = 1_024;

export interface CallLimits {
  /** Milliseconds within which the response must arrive. */
  readonly timeoutMs: number;
  /** Whether loopback addresses may be called, and without TLS; true only on the local stack. */
  readonly allowLoopback: boolean;
}

/**
 * Returns a function that calls a consumer, over a new connection each time: one kept by a frozen function would be
 * dead. Uses `node:http`, since `fetch` cannot check the address that it connects to. Does not follow redirects.
 */
export function consumerCall({ timeoutMs, allowLoopback }: CallLimits): DeliverPorts["post"] {
  const lookup = publicLookup(allowLoopback);
  return ({ url, headers, body }) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const problem =
        target.protocol !== "https:" && !allowLoopback
          ? "only https is called"
          : problemOfHost(target, allowLoopback);
      if (problem !== undefined) return reject(new Error(problem));
      const timeout = AbortSignal.timeout(timeoutMs);
      const request = target.protocol === "https:" ? requestHttps : requestHttp;
      const sent = request(target, {
        method: "POST",
        headers: { ...byName(headers), "content-length": body.length },
        agent: false,
        lookup,
        signal: timeout,
      });
      const connecting = setTimeout(
        () => sent.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1_000} s`)),
        CONNECT_TIMEOUT_MS,
      );
      sent.on("socket", (socket) => {
        socket.once("connect", () => {
          clearTimeout(connecting);
          // Check the address of the connection itself: this is certain, although it should be the address that was
          // looked up.
          const unsafe = problemOfAddress(socket.remoteAddress ?? "", allowLoopback);
          if (unsafe !== undefined) sent.destroy(new Error(unsafe));
        });
      });
      sent.on("error", (error) => {
        clearTimeout(connecting);
        reject(timeout.aborted ? new Error(`no answer within ${timeoutMs / 1_000} s`) : error);
      });
      sent.on("response", (response) => {
        readStart(response).then((text) => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, retryAfter: answered["retry-after"], body: text });
        }, reject);
      });
      sent.end(body);
    });
}

/** Returns the headers in the form that Node takes, with repeated names as lists. */
function byName(headers: readonly Header[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of headers) (values[name] ??= []).push(value);
  return values;
}

/**
 * Returns the first kilobyte of a response body and discards the rest. Returns what has arrived if the body breaks off.
 */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // Ignore the error: the status, which decides the outcome, has arrived.
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}
