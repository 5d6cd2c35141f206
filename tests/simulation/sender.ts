import type { IngestRequest } from "../../functions/domain/ingest-request";
import { EXECUTION_INPUT_BYTES } from "../../functions/domain/chunk";
import { INLINE_LIMIT_BYTES, type Webhook } from "../../functions/domain/webhook";
import { schemes, sign, type Scheme } from "../../providers";
import type { Kind, KnownBy, PlannedWebhook } from "./schedule";

export const PROVIDER = "acme";
export const SECRET = "a-secret-that-only-the-sender-and-the-inbox-know";

const DELIVERY_ID = "X-Webhook-Id";

/**
 * Signs the body alone, as GitHub does. The request decides which rule identifies its event: an id in the body, an id
 * in the header, or nothing. A body with a list of events is split.
 */
export const SCHEME: Scheme = {
  ...schemes["github"]!,
  event: {
    id: [{ from: "payload", path: ["id"] }],
    deliveryId: { from: "header", names: [DELIVERY_ID] },
    type: [[{ from: "payload", path: ["type"] }]],
    time: [],
    otherwise: { by: "request", because: "A body says only what state something is in." },
  },
  elements: {
    at: [{ from: "payload", path: ["events", "*"] }],
    id: [[{ from: "payload", path: ["id"] }]],
    type: [[{ from: "payload", path: ["type"] }]],
  },
};

/**
 * Padding of large payloads. A backslash is two bytes in a payload and four in a payload inside JSON, so that there are
 * half as many bytes to hash.
 */
const PADDING: Readonly<Partial<Record<Kind, string>>> = {
  large: "\\".repeat(INLINE_LIMIT_BYTES / 4),
  bulky: "\\".repeat((EXECUTION_INPUT_BYTES * 0.4) / 4),
};

/** A request that a provider sends until it is answered with 2xx. */
export interface Sending {
  readonly name: string;
  /** Id in the body or the header, if the request has one. */
  readonly id: string;
  readonly knownBy: KnownBy;
  readonly events: readonly { readonly group: number; readonly kind: Kind }[];
  /** Whether an attacker sends a captured body with an id that is not the body's. */
  readonly byStranger: boolean;
  readonly sentAt: readonly number[];
}

/** Returns the sendings of planned webhooks, including those of attackers. */
export function sendingsOf(webhooks: readonly PlannedWebhook[]): readonly Sending[] {
  return webhooks.flatMap(({ group, kind, sentAt, knownBy = "event-id", others = [], usurpedAt }, index) => {
    const id = `w${index}`;
    const own = { name: id, id, knownBy, events: [{ group, kind }, ...others], byStranger: false, sentAt };
    if (usurpedAt === undefined) return [own];
    const events = [{ group, kind: "plain" as const }];
    return [own, { ...own, name: `${id}!`, events, byStranger: true, sentAt: [usurpedAt] }];
  });
}

/** Returns the names of a sending's events in the rules, in its order. */
export function namesOf({ name, knownBy, events }: Sending, attempt: number): readonly string[] {
  if (events.length > 1) return events.map((_, index) => `${name}.${index}`);
  return [knownBy === "nothing" ? `${name}@${attempt}` : name];
}

/** Returns the name of a received event in the rules: its id, with a mark if an attacker sent it under another's id. */
export function nameOf({ id, data }: Pick<Webhook, "id" | "data">): string {
  return data?.includes('"stranger":true') ? `${id}!` : id;
}

const signed = new Map<string, IngestRequest>();

/**
 * Returns a request as the provider sends it. With an id in the body, the bytes differ from attempt to attempt, as
 * Stripe's do; without one, they are the same for all events of a kind. Thousands of schedules send the same few
 * requests, so each is signed once.
 */
export function signedRequest(sending: Sending, attempt: number): IngestRequest {
  const { name, knownBy, events } = sending;
  const key = [name, knownBy, attempt, ...events.map(({ group, kind }) => `${group}-${kind}`)].join("/");
  const known = signed.get(key);
  if (known) return known;
  const request = signRequest(sending, attempt);
  signed.set(key, request);
  return request;
}

function signRequest(sending: Sending, attempt: number): IngestRequest {
  const { id, knownBy, byStranger } = sending;
  const names = namesOf(sending, attempt);
  const events = sending.events.map(({ group, kind }, index) => ({
    ...(knownBy === "event-id" && { id: names[index], attempt }),
    type: "thing.made",
    account: `g${group}`,
    kind,
    ...(byStranger && { stranger: true }),
    ...(PADDING[kind] && { padding: PADDING[kind] }),
  }));
  const body = Buffer.from(JSON.stringify(events.length > 1 ? { events } : events[0]));
  const headers = {
    ...sign(SCHEME, { body, secret: SECRET, now: 0 }),
    [DELIVERY_ID]: knownBy === "delivery-id" ? id : undefined,
  };
  return {
    method: "POST",
    pathProvider: PROVIDER,
    requestId: namesOf({ ...sending, events: sending.events.slice(0, 1), knownBy: "nothing" }, attempt)[0]!,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name.toLowerCase(), [value]]],
      ),
    ),
    body,
  };
}
