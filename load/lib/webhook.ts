import http, { type RefinedResponse, type ResponseType } from "k6/http";
import type { Answer, Sender } from "../runner/plan";
import { plan } from "./config.ts";
import { sign } from "./sign.ts";

export interface Webhook {
  readonly sender: Sender;
  readonly n: number;
  readonly body: string;
  readonly headers: Record<string, string>;
  /** Query string, including `?`, or empty. */
  readonly query: string;
}

/** Returns the n-th webhook of the run: the provider's payload with an event id of its own and the run's id in it. */
export function webhook(sender: Sender, n: number): Webhook {
  const id = `load_${plan.run}_${n}`;
  const payload = JSON.parse(JSON.stringify(sender.payload)) as Record<string, unknown>;
  for (const ref of sender.scheme.event.id) if (ref.from === "payload") put(payload, ref.path, id);
  // Make every body unique: one without an event id is identified by its hash.
  payload["load"] = { run: plan.run, n, entity: `entity-${n % plan.amount.entities}` };
  const body = JSON.stringify(payload);
  const { secret, type } = sender;
  const { headers, query } = sign(sender.scheme, {
    body,
    secret,
    now: Date.now(),
    id,
    url: address(sender.provider),
    ...(type !== undefined && { type }),
  });
  return { sender, n, body, query, headers: { "Content-Type": "application/json", ...headers } };
}

/** Posts the webhook, and logs the answer for the second phase. */
export function send(message: Webhook, offered?: number): RefinedResponse<ResponseType | undefined> {
  const sentAt = Date.now();
  const response = post(message.sender.provider, message.headers, message.body, message.query);
  const answer: Answer = {
    provider: message.sender.provider,
    n: message.n,
    status: response.status,
    sentAt,
    ms: response.timings.duration,
    ...(response.status === 202 && { id: String(response.json("id")) }),
    ...(response.status === 202 && response.json("key") && { key: String(response.json("key")) }),
    ...(offered !== undefined && { offered }),
  };
  console.log(JSON.stringify(answer));
  return response;
}

/** Posts without logging the answer. */
export function post(provider: string, headers: Record<string, string>, body: string, query = "") {
  // Use one name for all: otherwise k6 would report a separate metric for every provider.
  return http.post(`${address(provider)}${query}`, body, {
    headers,
    tags: { name: "webhook", provider },
    timeout: "30s",
  });
}

function address(provider: string): string {
  return `${plan.endpoint}/${provider}`;
}

function put(payload: Record<string, unknown>, path: readonly string[], value: string): void {
  let object = payload;
  for (const part of path.slice(0, -1)) {
    if (typeof object[part] !== "object" || object[part] === null) object[part] = {};
    object = object[part] as Record<string, unknown>;
  }
  object[path[path.length - 1] ?? ""] = value;
}
