import { request } from "node:http";

/** A request as it is sent. */
export interface RawRequest {
  readonly method: string;
  /**
   * Headers, with names in the given case and order, which may be repeated. `Host`, `Content-Length` and `Connection`
   * are added.
   */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Sends `Expect: 100-continue`, and the body only once the server asks for it. @default false */
  readonly expectContinue?: boolean;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** Body as a JSON object, if it is one. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends exactly these bytes and header lines, which `fetch` would normalise. @throws if the connection fails */
export async function rawRequest(url: string, message: RawRequest): Promise<RawReply> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const { method, headers, body, expectContinue = false } = message;
  const lines = [
    ["Host", host],
    ...headers,
    ...(expectContinue ? [["Expect", "100-continue"]] : []),
    ...(body.length > 0 || method === "POST" ? [["Content-Length", String(body.length)]] : []),
    ["Connection", "close"],
  ];
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: `${pathname}${search}`, headers: lines.flat() },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: objectIn(text),
          });
        });
      },
    );
    sent.on("error", reject);
    if (!expectContinue) return void sent.end(body);
    sent.on("continue", () => sent.end(body));
    sent.flushHeaders();
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
