import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { DeliverPorts } from "../domain/deliver-ports";
import type { Header } from "../domain/kept-headers";
import { problemOfAddress, problemOfHost } from "../domain/public-address";
import { publicLookup } from "./public-lookup";

/** Milliseconds until the connection must stand. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Bytes of an answer that are read. */
const MAX_ANSWER_BYTES = 1_024;

export interface CallLimits {
  /** Milliseconds until the answer must be there. */
  readonly timeoutMs: number;
  /** Whether loopback addresses may be called, without TLS too: on the local stack alone. */
  readonly allowLoopback: boolean;
}

/**
 * Calls a consumer, over a connection of its own: one that a frozen function kept would be dead. `node:http` and not
 * `fetch`, which has no way to check the address that it connects to. Redirects are answers like others.
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
          // What was looked up is what is connected to; a last check where it is known for sure.
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

/** Headers as Node takes them, with repeats as lists. */
function byName(headers: readonly Header[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of headers) (values[name] ??= []).push(value);
  return values;
}

/** Returns the first kilobyte of an answer; the rest is not read. One that breaks off counts by its status all the same. */
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
    // The status is there.
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}
