import { createHash } from "node:crypto";
import { readEvent, UNKNOWN_TYPE, verify, type HmacScheme, type WebhookRequest } from "../../../providers";
import { typicalSchemes, NOW, request, scheme, SECRET, signed, withHeader } from "./requests";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The event of a request with this payload, as its sender would send it. */
function eventOf(
  of: HmacScheme,
  payload: unknown,
  message: Parameters<typeof signed>[1] = {},
): ReturnType<typeof readEvent> {
  const body = Buffer.from(JSON.stringify(payload));
  return readEvent(of, signed(of, message, body), JSON.parse(body.toString()) as unknown);
}

describe("Stripe", () => {
  const stripe = scheme("stripe");

  it("id, type and time are in the signed body", () => {
    expect(eventOf(stripe, { id: "evt_1", type: "invoice.paid", created: 1772366400 })).toEqual({
      id: "evt_1",
      type: "invoice.paid",
      time: "2026-03-01T12:00:00.000Z",
    });
  });

  it("a retry with other bytes is the same event", () => {
    const first = eventOf(stripe, { id: "evt_1", type: "a", pending_webhooks: 2 });
    expect(eventOf(stripe, { id: "evt_1", type: "a", pending_webhooks: 1 })).toEqual(first);
  });

  it("a thin event has its time as text", () => {
    expect(eventOf(stripe, { id: "evt_1", type: "v1.a", created: "2026-03-01T12:00:00.123Z" }).time).toBe(
      "2026-03-01T12:00:00.123Z",
    );
  });
});

describe("GitHub", () => {
  const github = scheme("github");

  it.each([
    ["pull_request", { action: "opened" }, "pull_request.opened"],
    ["pull_request.opened", { action: "opened" }, "pull_request.opened"],
    ["push", { ref: "refs/heads/main" }, "push"],
    ["ping", { action: null }, "ping"],
    ["ping", { action: { nested: true } }, "ping"],
  ])("header %s and body %j make the type %s", (type, payload, expected) => {
    expect(eventOf(github, payload, { type }).type).toBe(expected);
  });

  it("the id is the hash of the signed body, and the delivery's own id is shown beside it", () => {
    expect(eventOf(github, { zen: 1 }, { id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", type: "ping" })).toEqual(
      {
        id: sha256('{"zen":1}'),
        type: "ping",
        deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      },
    );
  });
});

describe("Shopify", () => {
  const shopify = scheme("shopify");

  it("the type is the topic, the time is when it was triggered", () => {
    expect(eventOf(shopify, { id: 1 }, { type: "orders/create" })).toMatchObject({
      type: "orders/create",
      time: "2026-03-01T12:00:00.250Z",
    });
  });

  it("an order that is paid at once makes three events with the same bytes, and all of them count", () => {
    const ids = ["orders/create", "orders/paid", "orders/updated"].map(
      (type) => eventOf(shopify, { id: 1, financial_status: "paid" }, { type }).id,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it("an order's own number is not the event's id: the order changes many times", () => {
    const first = eventOf(shopify, { id: 1, total: "1.00" }, { type: "orders/updated" });
    expect(eventOf(shopify, { id: 1, total: "2.00" }, { type: "orders/updated" }).id).not.toBe(first.id);
  });

  it("topics outside the closed list add nothing to the id, so a replay cannot make up new ones", () => {
    const ids = [undefined, "x", "orders/create2", "ORDERS/CREATE", "app/uninstalled", "constructor"].map(
      (type) => eventOf(shopify, { id: 1 }, type === undefined ? {} : { type }).id,
    );
    expect(new Set(ids)).toEqual(new Set([sha256('{"id":1}')]));
  });
});

describe("Slack", () => {
  const slack = scheme("slack");

  it("the type is that of the event inside the callback", () => {
    const payload = {
      type: "event_callback",
      event_id: "Ev08MFMKH6",
      event_time: 1772366400,
      event: { type: "app_mention" },
    };
    expect(eventOf(slack, payload)).toEqual({
      id: "Ev08MFMKH6",
      type: "app_mention",
      time: "2026-03-01T12:00:00.000Z",
    });
  });

  it("what is not a callback has a type of its own", () => {
    expect(eventOf(slack, { type: "app_rate_limited" }).type).toBe("app_rate_limited");
  });

  it("a form that was not parsed is known by its bytes", () => {
    const body = Buffer.from("command=%2Fdeploy&trigger_id=1");
    expect(readEvent(slack, signed(slack, {}, body), undefined)).toEqual({
      id: sha256(body.toString()),
      type: UNKNOWN_TYPE,
    });
  });
});

describe.each(["standard-webhooks", "svix"])("%s", (id) => {
  const of = scheme(id);

  it("the id is the signed header, the same for every attempt", () => {
    const payload = { type: "contact.created", timestamp: "2022-11-03T20:26:10.344522Z", data: {} };
    const event = { id: "msg_1", type: "contact.created", time: "2022-11-03T20:26:10.344Z" };
    expect(eventOf(of, payload, { id: "msg_1" })).toEqual(event);
    expect(eventOf(of, payload, { id: "msg_1", now: NOW + 60_000 })).toEqual(event);
  });

  it("the time of the attempt is not the time of the event", () => {
    expect(eventOf(of, { type: "a" }).time).toBeUndefined();
  });
});

describe("the generic scheme", () => {
  it("takes the type from its header and the id from the bytes", () => {
    expect(eventOf(scheme("hmac-sha256"), { a: 1 }, { id: "w1", type: "order.created" })).toEqual({
      id: sha256('{"a":1}'),
      type: "order.created",
      deliveryId: "w1",
    });
  });
});

describe("replaying a captured request", () => {
  const body = Buffer.from('{"id":"evt_1","type":"order.created","event_id":"Ev1","order":{"id":7}}');
  const payload = JSON.parse(body.toString()) as unknown;

  /** The id under which a request would be published, or undefined where it is refused. */
  const published = (of: HmacScheme, incoming: WebhookRequest): string | undefined =>
    verify(of, incoming, [SECRET], NOW).ok ? readEvent(of, incoming, payload).id : undefined;

  it.each(typicalSchemes)(
    "%s: no change to a header, or its absence, makes another event of it",
    (_id, of) => {
      const captured = signed(of, { id: "first", type: "orders/create" }, body);
      const original = published(of, captured);
      expect(original).toBeDefined();
      const topic = of.event.hashedWith?.header.names[0]?.toLowerCase();
      const names = [
        ...Object.keys(captured.headers),
        ...[
          "x-webhook-id",
          "x-github-delivery",
          "x-github-event",
          "x-shopify-webhook-id",
          "x-shopify-event-id",
        ],
        ...["webhook-id", "svix-id", "idempotency-key"],
      ].filter((name) => name !== topic);
      for (const name of names) {
        for (const values of [[], ["second"], [""], ["second", "third"]]) {
          expect([original, undefined]).toContain(published(of, withHeader(captured, name, ...values)));
        }
      }
    },
  );

  it("under another topic it passes at most once for each of Shopify's topics that share a payload", () => {
    const shopify = scheme("shopify");
    const captured = signed(shopify, { type: "orders/create" }, body);
    const topics = shopify.event.hashedWith?.values ?? [];
    const made = Array.from({ length: 1000 }, (_, index) => `orders/made-up-${index}`);
    const ids = new Set(
      [...topics, ...made].map((topic) => published(shopify, withHeader(captured, "X-Shopify-Topic", topic))),
    );
    expect(ids.size).toBe(topics.length + 1);
  });
});

describe("payloads that are not what the scheme expects", () => {
  const stripe = scheme("stripe");
  const hash = (payload: unknown): string => sha256(JSON.stringify(payload));

  it.each([
    [{ id: "" }],
    [{ id: " " }],
    [{ id: null }],
    [{ id: {} }],
    [{ id: ["a"] }],
    [{ id: true }],
    [{ id: 1.5 }],
    [{ id: 2 ** 53 }],
    [{}],
    [[]],
    [null],
    ["text"],
    [7],
  ])("%j has no usable id, so its bytes are its id", (payload) => {
    expect(eventOf(stripe, payload)).toEqual({ id: hash(payload), type: UNKNOWN_TYPE });
  });

  it("a whole number is an id", () => {
    expect(eventOf(stripe, { id: 42 }).id).toBe("42");
  });

  it("the prototype is not part of the payload", () => {
    const text = '{"__proto__":{"id":"evt_proto","type":"x"},"constructor":{"name":"y"}}';
    const event = readEvent(stripe, signed(stripe, {}, Buffer.from(text)), JSON.parse(text) as unknown);
    expect(event).toEqual({ id: sha256(text), type: UNKNOWN_TYPE });
    const polluted = readEvent(stripe, signed(stripe), Object.create({ id: "inherited" }));
    expect(polluted.id).not.toBe("inherited");
  });

  it("ids and types are passed on as they are, for the domain to make safe", () => {
    const id = `evt ${"é".repeat(5000)}`;
    expect(eventOf(stripe, { id, type: "a\nb" })).toMatchObject({ id, type: "a\nb" });
  });

  it.each([
    ["1e3"],
    [-1e20],
    [1e20],
    [1.5],
    [true],
    ["soon"],
    ["2026-02-30T00:00:00Z"],
    ["2026-13-01T00:00:00Z"],
    ["2026-03-01"],
    ["2026-03-01 12:00:00Z"],
    ["2026-03-01T12:00:00"],
    ["2026-03-01T25:00:00Z"],
    ["99999-01-01T00:00:00Z"],
    [{}],
    [null],
    [253402300800],
  ])("a time of %j is none", (created) => {
    expect(eventOf(stripe, { id: "evt_1", created })).not.toHaveProperty("time");
  });

  it.each([
    ["2026-03-01T14:00:00+02:00", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01t12:00:00.123456789z", "2026-03-01T12:00:00.123Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    ["1772366400", "2026-03-01T12:00:00.000Z"],
  ])("a time of %j is %s", (created, expected) => {
    expect(eventOf(stripe, { id: "evt_1", created }).time).toBe(expected);
  });

  it("describing headers that came twice count as absent", () => {
    const github = scheme("github");
    const incoming = withHeader(request({ "X-GitHub-Delivery": "d1" }), "X-GitHub-Event", "push", "ping");
    expect(readEvent(github, incoming, {})).toMatchObject({ type: UNKNOWN_TYPE, deliveryId: "d1" });
  });

  it("describing headers that are empty count as absent", () => {
    const github = scheme("github");
    const incoming = request({ "X-GitHub-Event": " ", "X-GitHub-Delivery": "" });
    expect(readEvent(github, incoming, {})).toEqual({ id: expect.any(String) as string, type: UNKNOWN_TYPE });
  });
});
