import { identityOf, keyOf } from "../../../../functions/domain/webhook";
import { readPayload } from "../../../../functions/domain/payload";
import {
  isSigned,
  schemes,
  verify,
  type Attempt,
  type Scheme,
  type WebhookRequest,
} from "../../../../providers";
import { bodyOf, sender, senderOf as moduleOf } from "../../../support/providers/senders";
import { keysOf, sent } from "../../../support/providers/keys";
import { NOW, eventIn, withHeader } from "../../../support/providers/requests";

/*
 * Of each scheme: the provider's retry is one event with the first attempt, and the next happening is another one, also
 * where its body is the same. Where that does not hold the scheme says why in `event.otherwise`.
 */

interface Sending {
  readonly body: unknown;
  /** The provider's id of the delivery, in the header that has it. */
  readonly deliveryId: string;
  readonly now: number;
  /** The id that the provider gives the event, where it writes it itself. */
  readonly eventId?: string;
}

/** What a provider changes in the body from one attempt to the next, beside its signature and its time. */
const COUNTERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  stripe: { pending_webhooks: 7 },
  intercom: { delivery_attempts: 2, delivered_at: 1_772_366_460 },
  mux: { attempts: [{ id: 1 }] },
  "coinbase-commerce": { attempt_number: 2 },
  docusign: { retryCount: 1 },
  notion: { attempt_number: 2 },
  xero: { entropy: "OTHERENTROPY" },
  nylas: { webhook_delivery_attempt: 2 },
  linear: { webhookTimestamp: NOW + 60_000 },
};

/** What these sign is the time of the event and not that of the attempt. */
const SIGNED_ONCE: readonly string[] = ["dropbox-sign", "wix"];

const isCustom = ({ verify: { kind } }: Scheme) => (kind as string) === "custom";

/** What the scheme's provider sends. */
function senderOf(of: Scheme): { first: unknown; send(sending: Sending): WebhookRequest } {
  const withDelivery = (incoming: WebhookRequest, id: string) =>
    of.event.deliveryId ? withHeader(incoming, of.event.deliveryId.names[0] ?? "", id) : incoming;
  if (isCustom(of)) {
    const own = sender(of.id);
    const text = bodyOf(of.id).toString();
    return {
      first: parsed(text),
      send: ({ body, deliveryId, now, eventId = "event-1" }) =>
        withDelivery(own.send({ body: Buffer.from(written(body)), now, id: eventId }), deliveryId),
    };
  }
  const { sample } = moduleOf(of.id);
  const signsId = isSigned(of.verify) && of.event.id.some((ref) => ref.from === "header");
  return {
    first: sample.body,
    send({ body, deliveryId, now }) {
      const id = signsId ? { id: (body as { $id?: string }).$id ?? "msg_1" } : {};
      const incoming = sent(of, Buffer.from(written(body)), { now, ...id });
      const described = Object.entries(sample.headers ?? {}).reduce(
        (made, [name, value]) => (signsId ? made : withHeader(made, name, value)),
        incoming,
      );
      return withDelivery(described, deliveryId);
    },
  };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
const written = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

let requests = 0;

/** The event of a request that has been verified. */
function eventOf(of: Scheme, incoming: WebhookRequest, over: Partial<Attempt> = {}) {
  requests += 1;
  const payload = readPayload(of, incoming);
  const signedAt = of.event.otherwise.by === "body-and-time" ? timeIn(of, incoming) : undefined;
  const event = eventIn(of, incoming, payload.value, {
    requestId: `request-${requests}`,
    signedAt,
    ...over,
  });
  return { ...event, key: keyOf(identityOf(event)) };
}

function timeIn(of: Scheme, incoming: WebhookRequest): number | undefined {
  if (isCustom(of)) return sentAt.get(incoming);
  const verdict = verify(of, incoming, [keysOf(of).configured], sentAt.get(incoming) ?? NOW);
  if (!verdict.ok) throw new Error(verdict.detail);
  return verdict.timestamp;
}

/** When a request of a scheme with code was signed; keys.test.ts holds that their verdicts tell it. */
const sentAt = new WeakMap<WebhookRequest, number>();

const RULES = { id: "event-id", delivery: "delivery-id" } as const;

/** The first rule that a scheme says something for. */
function ruleOf({ event, verify: verification }: Scheme) {
  const coded = (verification.kind as string) === "custom" && "eventId" in verification;
  if (coded || event.id.length > 0 || event.hashOf) return RULES.id;
  return event.deliveryId ? RULES.delivery : event.otherwise.by;
}

/** The same payload with other values of what identifies it. */
function renamed(of: Scheme, body: unknown): unknown {
  if (isSigned(of.verify) && of.event.id.some((ref) => ref.from === "header")) {
    return { ...(body as object), $id: "msg_2" };
  }
  const text = written(body);
  const values = [...of.event.id, ...(of.event.hashOf ?? [])].flatMap((ref) =>
    ref.from === "payload" ? [ref.path.at(-1) ?? ""] : [],
  );
  const names = values.length > 0 ? values : ["pspReference", "eventId", "id", "MessageId"];
  const changed = names.reduce(
    (made, name) =>
      made.replace(new RegExp(`("${name}":)("[^"]*"|\\d+)`, "g"), (_, before: string, value: string) =>
        value.startsWith('"') ? `${before}"${value.slice(1, -1)}x"` : `${before}${Number(value) + 1}`,
      ),
    text,
  );
  return parsed(changed);
}

const cases = Object.values(schemes).map((of) => [of.id, of] as const);

describe.each(cases)("%s", (id, of) => {
  const { first, send } = senderOf(of);
  const deliver = (sending: Partial<Sending> = {}): WebhookRequest => {
    const now = SIGNED_ONCE.includes(id) ? NOW : (sending.now ?? NOW);
    const incoming = send({ body: first, deliveryId: "delivery-1", ...sending, now });
    sentAt.set(incoming, now);
    return incoming;
  };
  const rule = ruleOf(of);
  const original = eventOf(of, deliver());
  const { by, because } = of.event.otherwise;

  it("says why it falls back to what it falls back to", () => {
    expect(because).toMatch(/^[A-Z].{15,}\.$/);
  });

  it("identifies its event by the first rule that it has", () => {
    expect(original.identifiedBy).toBe(rule);
  });

  it("takes the provider's retry for the same event, or says why not", () => {
    const counted =
      COUNTERS[id] && typeof first === "object" ? { ...(first as object), ...COUNTERS[id] } : first;
    const retry = eventOf(of, deliver({ body: counted, now: NOW + 60_000 }));
    const isOne = rule !== "request" && rule !== "body-and-time";
    expect(retry.key === original.key).toBe(isOne);
  });

  it("takes the next happening for another event, or says why not", () => {
    const next = eventOf(
      of,
      deliver({
        body: rule === "event-id" ? renamed(of, first) : first,
        deliveryId: "delivery-2",
        now: NOW + 61_000,
        ...(rule === "event-id" && { eventId: "event-2" }),
      }),
    );
    expect(next.identifiedBy).toBe(rule);
    // Bodies of these differ from happening to happening, as `because` says.
    expect(next.key === original.key).toBe(rule === "body");
  });

  it("takes the very same request for the same event, unless each is an event of its own", () => {
    const incoming = deliver();
    expect(eventOf(of, incoming).key === eventOf(of, incoming).key).toBe(rule !== "request");
  });

  if (rule === "delivery-id") {
    it("shows the header's value as the event's id", () => {
      expect(original.id).toBe("delivery-1");
      expect(original.key).toMatch(/^delivery-1~[0-9a-f]{16}$/);
    });

    it("lets nobody keep an event out by sending its id first", () => {
      const other =
        typeof first === "object" ? { ...(first as object), other: 1 } : `${String(first)}&other=1`;
      const earlier = eventOf(of, deliver({ body: other, deliveryId: "delivery-9" }));
      const genuine = eventOf(of, deliver({ deliveryId: "delivery-9" }));
      expect(earlier.id).toBe(genuine.id);
      expect(earlier.key).not.toBe(genuine.key);
    });
  }

  it("with `duplicates: body` knows an event without a signed id by its content alone", () => {
    const strict = { duplicates: "body" } as const;
    const one = eventOf(of, deliver(), strict);
    const again = eventOf(of, deliver({ deliveryId: "delivery-2" }), strict);
    expect(again.key).toBe(one.key);
    expect(one.identifiedBy).toBe(rule === "event-id" ? "event-id" : "body");
    expect(by.length).toBeGreaterThan(0);
  });
});
