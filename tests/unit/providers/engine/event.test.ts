import { identityOf, keyOf } from "../../../../functions/domain/webhook";
import { UNKNOWN_TYPE, type EventFacts, type HmacScheme } from "../../../../providers";
import { NOW, eventIn, request, scheme, signed, withHeader } from "../../../support/providers/requests";

const hex = (digits: number) => expect.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)) as string;

/** The event of a request with this payload, as its provider would send it. */
function eventOf(of: HmacScheme, payload: unknown, message: Parameters<typeof signed>[1] = {}): EventFacts {
  const body = Buffer.from(JSON.stringify(payload));
  return eventIn(of, signed(of, message, body), JSON.parse(body.toString()) as unknown);
}

describe("Stripe", () => {
  const stripe = scheme("stripe");

  it("id, type and time are in the signed body", () => {
    expect(eventOf(stripe, { id: "evt_1", type: "invoice.paid", created: 1772366400 })).toEqual({
      id: "evt_1",
      identifiedBy: "event-id",
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

  it("the id is that of the delivery, as GitHub shows it, bound to the body and the event's name", () => {
    const id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    const ping = eventOf(github, { zen: 1 }, { id, type: "ping" });
    expect(ping).toEqual({ id, binding: hex(16), identifiedBy: "delivery-id", type: "ping" });
    expect(eventOf(github, { zen: 1 }, { id, type: "ping" })).toEqual(ping);
    for (const other of [
      eventOf(github, { zen: 2 }, { id, type: "ping" }),
      eventOf(github, { zen: 1 }, { id, type: "push" }),
    ]) {
      expect(other).toMatchObject({ id });
      expect(other.binding).not.toBe(ping.binding);
    }
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
    const keys = ["orders/create", "orders/paid", "orders/updated"].map((type) =>
      keyOf(identityOf(eventOf(shopify, { id: 1, financial_status: "paid" }, { id: "one", type }))),
    );
    expect(new Set(keys).size).toBe(3);
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
      identifiedBy: "event-id",
      type: "app_mention",
      time: "2026-03-01T12:00:00.000Z",
    });
  });

  it("what is not a callback has a type of its own", () => {
    expect(eventOf(slack, { type: "app_rate_limited" }).type).toBe("app_rate_limited");
  });
});

describe.each(["standard-webhooks", "svix"])("%s", (id) => {
  const of = scheme(id);

  it("the id is the signed header, the same for every attempt", () => {
    const payload = { type: "contact.created", timestamp: "2022-11-03T20:26:10.344522Z", data: {} };
    const event = {
      id: "msg_1",
      identifiedBy: "event-id",
      type: "contact.created",
      time: "2022-11-03T20:26:10.344Z",
    };
    expect(eventOf(of, payload, { id: "msg_1" })).toEqual(event);
    expect(eventOf(of, payload, { id: "msg_1", now: NOW + 60_000 })).toEqual(event);
  });

  it("the time of the attempt is not the time of the event", () => {
    expect(eventOf(of, { type: "a" }).time).toBeUndefined();
  });
});

describe("the generic scheme", () => {
  it("takes the type and the id from its headers", () => {
    expect(eventOf(scheme("hmac-sha256"), { a: 1 }, { id: "w1", type: "order.created" })).toEqual({
      id: "w1",
      binding: hex(16),
      identifiedBy: "delivery-id",
      type: "order.created",
    });
  });
});

describe("payloads that are not what the scheme expects", () => {
  const stripe = scheme("stripe");

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
  ])("%j has no usable id, so another rule identifies it", (payload) => {
    const event = eventOf(stripe, payload);
    expect(event.type).toBe(UNKNOWN_TYPE);
    expect(event.identifiedBy).not.toBe("event-id");
  });

  it("a whole number is an id", () => {
    expect(eventOf(stripe, { id: 42 }).id).toBe("42");
  });

  it("the prototype is not part of the payload", () => {
    const text = '{"__proto__":{"id":"evt_proto","type":"x"},"constructor":{"name":"y"}}';
    const event = eventIn(stripe, signed(stripe, {}, Buffer.from(text)), JSON.parse(text) as unknown);
    expect(event.type).toBe(UNKNOWN_TYPE);
    expect(event.identifiedBy).not.toBe("event-id");
    const polluted = eventIn(stripe, signed(stripe), Object.create({ id: "inherited" }));
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
    expect(eventIn(github, incoming, {})).toMatchObject({ type: UNKNOWN_TYPE, id: "d1" });
  });

  it("describing headers that are empty count as absent", () => {
    const github = scheme("github");
    const incoming = request({ "X-GitHub-Event": " ", "X-GitHub-Delivery": "" });
    const event = eventIn(github, incoming, {});
    expect(event.type).toBe(UNKNOWN_TYPE);
    expect(event.identifiedBy).not.toBe("delivery-id");
  });
});
