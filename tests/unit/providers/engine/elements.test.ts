import fc from "fast-check";
import {
  BATCH_TYPE,
  readElement,
  readElements,
  readEvent,
  schemes,
  type Scheme,
} from "../../../../providers";
import { findSpans } from "../../../../providers/engine/json-spans";

const request = { method: "POST", headers: {}, body: Buffer.alloc(0) };

function schemeOf(id: string): Scheme {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`no scheme ${id}`);
  return scheme;
}

const elementsOf = (id: string, payload: unknown) =>
  readElements(schemeOf(id), request, typeof payload === "string" ? payload : JSON.stringify(payload))?.map(
    (element) => ({ ...element, value: undefined }),
  );
const typeOf = (id: string, payload: unknown) =>
  readEvent(schemeOf(id), request, payload, { requestId: "r" }).type;

const T = "2026-03-01T12:00:00.000Z";
const MS = Date.parse(T);
const SECONDS = MS / 1_000;

/** Two events of each scheme that knows where they are, with what is read of the first. */
const BATCHES: Readonly<
  Record<string, { payload: unknown; first: { id?: string; type: string; time?: string; entity?: string } }>
> = {
  sendgrid: {
    payload: [
      {
        sg_event_id: "e1",
        event: "delivered",
        timestamp: SECONDS,
        sg_message_id: "m1",
        email: "a@example.com",
      },
      { sg_event_id: "e2", event: "open", timestamp: SECONDS, sg_message_id: "m1", email: "a@example.com" },
    ],
    first: { id: "e1", type: "delivered", time: T, entity: "m1" },
  },
  "hubspot-v1": {
    payload: [
      {
        eventId: 1,
        subscriptionId: 2,
        portalId: 3,
        occurredAt: MS,
        subscriptionType: "deal.creation",
        objectId: 4,
      },
      {
        eventId: 2,
        subscriptionId: 2,
        portalId: 3,
        occurredAt: MS,
        subscriptionType: "deal.deletion",
        objectId: 4,
      },
    ],
    first: { id: `1:2:3:${MS}:4`, type: "deal.creation", time: T, entity: "4" },
  },
  "hubspot-v3": {
    payload: [
      {
        eventId: 1,
        subscriptionId: 2,
        portalId: 3,
        occurredAt: MS,
        subscriptionType: "contact.associationChange",
      },
      {
        eventId: 2,
        subscriptionId: 2,
        portalId: 3,
        occurredAt: MS,
        subscriptionType: "deal.deletion",
        objectId: 4,
      },
    ],
    first: { id: `1:2:3:${MS}`, type: "contact.associationChange", time: T, entity: "3" },
  },
  adyen: {
    payload: {
      live: "false",
      notificationItems: [
        {
          NotificationRequestItem: {
            pspReference: "p1",
            eventCode: "AUTHORISATION",
            eventDate: T,
            success: "true",
          },
        },
        {
          NotificationRequestItem: {
            pspReference: "p2",
            eventCode: "CAPTURE",
            eventDate: T,
            success: "true",
          },
        },
      ],
    },
    first: {
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      type: "AUTHORISATION",
      time: T,
      entity: "p1",
    },
  },
  meta: {
    payload: {
      object: "page",
      entry: [
        { id: "1", time: SECONDS, changes: [{ field: "feed", value: {} }] },
        { id: "1", time: SECONDS, changes: [{ field: "mention", value: {} }] },
      ],
    },
    first: { type: "page.feed", entity: "1" },
  },
  whatsapp: {
    payload: {
      object: "whatsapp_business_account",
      entry: [
        {
          id: "1",
          changes: [
            {
              field: "messages",
              value: { messages: [{ id: "wamid.1", from: "1555", timestamp: String(SECONDS) }] },
            },
            { field: "account_update", value: { event: "VERIFIED" } },
          ],
        },
      ],
    },
    first: { id: "wamid.1", type: "messages", time: T, entity: "1555" },
  },
  "microsoft-graph": {
    payload: {
      value: [
        { id: "n1", subscriptionId: "s", changeType: "created", resourceData: { id: "r" } },
        { id: "n2", subscriptionId: "s", changeType: "deleted", resourceData: { id: "r" } },
      ],
    },
    first: { id: "n1", type: "created", entity: "r" },
  },
  okta: {
    payload: {
      eventId: "hook",
      data: {
        events: [
          { uuid: "u1", eventType: "user.lifecycle.create", published: T, actor: { id: "a" } },
          { uuid: "u2", eventType: "user.lifecycle.deactivate", published: T, actor: { id: "a" } },
        ],
      },
    },
    first: { id: "u1", type: "user.lifecycle.create", time: T, entity: "a" },
  },
  auth0: {
    payload: [
      { log_id: "l1", data: { type: "s", date: T, user_id: "u" } },
      { log_id: "l2", data: { type: "f", date: T, user_id: "u" } },
    ],
    first: { id: "l1", type: "s", time: T, entity: "u" },
  },
  xero: {
    payload: {
      events: [
        {
          eventCategory: "INVOICE",
          eventType: "UPDATE",
          eventDateUtc: "2026-03-01T12:00:00.000",
          tenantId: "t",
        },
        {
          eventCategory: "CONTACT",
          eventType: "CREATE",
          eventDateUtc: "2026-03-01T12:00:00.000",
          tenantId: "t",
        },
      ],
    },
    first: {
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      type: "INVOICE.UPDATE",
      time: T,
      entity: "t",
    },
  },
  gocardless: {
    payload: {
      events: [
        {
          id: "EV1",
          resource_type: "payments",
          action: "confirmed",
          created_at: T,
          links: { payment: "PM1" },
        },
        { id: "EV2", resource_type: "mandates", action: "failed", created_at: T, links: { mandate: "MD1" } },
      ],
    },
    first: { id: "EV1", type: "payments.confirmed", time: T, entity: "PM1" },
  },
  line: {
    payload: {
      destination: "U",
      events: [
        { type: "message", webhookEventId: "w1", timestamp: MS, source: { userId: "U1" } },
        { type: "follow", webhookEventId: "w2", timestamp: MS, source: { userId: "U1" } },
      ],
    },
    first: { id: "w1", type: "message", time: T, entity: "U1" },
  },
  mandrill: {
    payload: [
      { event: "send", _id: "m1", ts: SECONDS },
      { event: "hard_bounce", _id: "m1", ts: SECONDS },
    ],
    first: { id: expect.stringMatching(/^[0-9a-f]{64}$/) as string, type: "send", time: T, entity: "m1" },
  },
  asana: {
    payload: {
      events: [
        { action: "added", created_at: T, resource: { gid: "1", resource_type: "task" } },
        { action: "changed", created_at: T, resource: { gid: "1", resource_type: "task" } },
      ],
    },
    first: {
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      type: "task.added",
      time: T,
      entity: "1",
    },
  },
  attio: {
    payload: {
      events: [
        { event_type: "record.updated", id: { record_id: "r1" } },
        { event_type: "record.deleted", id: { record_id: "r1" } },
      ],
    },
    first: { type: "record.updated", entity: "r1" },
  },
  "azure-event-grid": {
    payload: [
      { id: "g1", eventType: "Microsoft.Storage.BlobCreated", eventTime: T, subject: "/c1" },
      { id: "g2", eventType: "Microsoft.Storage.BlobDeleted", eventTime: T, subject: "/c1" },
    ],
    first: { id: "g1", type: "Microsoft.Storage.BlobCreated", time: T, entity: "/c1" },
  },
  klaviyo: {
    payload: {
      data: [
        { external_id: "ev1", topic: "event:klaviyo.opened_email" },
        { external_id: "ev2", topic: "event:klaviyo.clicked_email" },
      ],
    },
    first: { id: "ev1", type: "event:klaviyo.opened_email" },
  },
  quickbooks: {
    payload: [
      { id: "q1", type: "qbo.customer.created.v1", time: T, intuitaccountid: "310687" },
      { id: "q2", type: "qbo.invoice.updated.v1", time: T, intuitaccountid: "310687" },
    ],
    first: { id: "q1", type: "qbo.customer.created.v1", time: T, entity: "310687" },
  },
  "vercel-log-drains": {
    payload: [
      { id: "1", source: "lambda", timestamp: MS, projectId: "p" },
      { id: "2", source: "edge", timestamp: MS, projectId: "p" },
    ],
    first: { id: "1", type: "lambda", time: T, entity: "p" },
  },
};

test("every scheme that knows where its events are is tested here", () => {
  const known = Object.values(schemes).flatMap(({ id, elements }) => (elements ? [id] : []));
  expect(Object.keys(BATCHES).sort()).toEqual(known.sort());
});

describe.each(Object.entries(BATCHES))("%s", (id, { payload, first }) => {
  test("each event of a request is found, in its order, with what it says of itself", () => {
    const elements = elementsOf(id, payload) ?? [];
    expect(elements).toHaveLength(2);
    const { text, ...facts } = elements[0] ?? { text: "" };
    expect(facts).toMatchObject(first);
    expect(elements[1]?.type).not.toBe(first.type);
    expect(elements[1]?.id === undefined || elements[1].id !== first.id).toBe(true);
    if (!schemes[id]?.elements?.enclosed) expect(JSON.stringify(payload)).toContain(text);
  });

  test("an event that was cut out before says the same of itself", () => {
    for (const element of readElements(schemeOf(id), request, JSON.stringify(payload)) ?? []) {
      expect(readElement(schemeOf(id), request, element.text)).toEqual(element);
    }
  });

  test("has events of several types: the request as a whole is a batch", () => {
    // A drain's request is logs, whatever they are of.
    expect(typeOf(id, payload)).toBe(id === "vercel-log-drains" ? "logs" : BATCH_TYPE);
  });
});

test("a request whose events are all of one type has that type", () => {
  const twice = (event: unknown) => [event, event];
  expect(typeOf("hubspot-v3", twice({ subscriptionType: "deal.creation" }))).toBe("deal.creation");
  expect(typeOf("mandrill", twice({ event: "open" }))).toBe("open");
  expect(typeOf("meta", { object: "page", entry: twice({ id: "1", messaging: [{}] }) })).toBe("page");
  expect(
    typeOf("adyen", { notificationItems: twice({ NotificationRequestItem: { eventCode: "CAPTURE" } }) }),
  ).toBe("CAPTURE");
});

test("a request that some events of give no type is a batch", () => {
  expect(typeOf("hubspot-v3", [{ subscriptionType: "deal.creation" }, {}])).toBe(BATCH_TYPE);
  expect(
    typeOf("meta", { object: "page", entry: [{ changes: [{ field: "feed" }] }, { messaging: [{}] }] }),
  ).toBe(BATCH_TYPE);
});

test("a request without events has no elements", () => {
  expect(elementsOf("asana", { events: [] })).toBeUndefined();
  expect(elementsOf("sendgrid", [])).toBeUndefined();
  expect(elementsOf("okta", { data: { events: "none" } })).toBeUndefined();
  expect(elementsOf("github", [{}, {}])).toBeUndefined();
});

test("what is published is what was sent: no digit, escape, order or blank of an event changes", () => {
  const event = `{ "sg_event_id" : "e1", "n":9007199254740993 ,"x":1.10,"e":1e400,"t":"\\u00e9\\/\\ud83d {[\\"" , "a":[ [],{} ] }`;
  expect(elementsOf("sendgrid", ` [\n${event} ,{"sg_event_id":"e2"}] `)?.map(({ text }) => text)).toEqual([
    event,
    '{"sg_event_id":"e2"}',
  ]);
});

test("a property that comes twice is read as JSON.parse reads it", () => {
  expect(
    elementsOf("asana", '{"events":[{"action":"a"}],"ev\\u0065nts":[{"action":"b"},{"action":"c"}]}'),
  ).toHaveLength(2);
});

describe("an event whose provider says only around it whose it is", () => {
  const status = (id: string, state: string) => ({ id, status: state, recipient_id: "1555" });
  const message = (id: string) => ({ id, from: "1556", type: "text" });
  const value = (number: string, rest: object) => ({ metadata: { phone_number_id: number }, ...rest });
  const change = (number: string, rest: object) => ({ value: value(number, rest), field: "messages" });
  const body = (...entry: readonly object[]) => ({ object: "whatsapp_business_account", entry });

  test("keeps all that stands around it, and is the only one there", () => {
    const whole = body(
      {
        id: "1",
        changes: [
          change("n1", {
            messages: [message("m1"), message("m2")],
            statuses: [status("m0", "sent"), status("m0", "read")],
          }),
          change("n2", { messages: [message("m3")] }),
        ],
      },
      { id: "2", changes: [{ value: { event: "VERIFIED" }, field: "account_update" }] },
    );
    const one = (id: string, ...changes: readonly object[]) => body({ id, changes });
    expect(
      readElements(schemeOf("whatsapp"), request, JSON.stringify(whole))?.map((each) => each.value),
    ).toEqual([
      one("1", change("n1", { messages: [message("m1")], statuses: [] })),
      one("1", change("n1", { messages: [message("m2")], statuses: [] })),
      one("1", change("n1", { messages: [], statuses: [status("m0", "sent")] })),
      one("1", change("n1", { messages: [], statuses: [status("m0", "read")] })),
      one("1", change("n2", { messages: [message("m3")] })),
      one("2", { value: { event: "VERIFIED" }, field: "account_update" }),
    ]);
  });

  test("the states of a message are events of their own", () => {
    const whole = body({
      id: "1",
      changes: [change("n1", { statuses: [status("m0", "sent"), status("m0", "read")] })],
    });
    expect(elementsOf("whatsapp", whole)?.map(({ id }) => id)).toEqual(["m0:sent", "m0:read"]);
  });
});

test("the values at any path of any JSON text are found where JSON.parse finds them", () => {
  const paths = fc.array(fc.oneof(fc.constantFrom("*", "a", "b"), fc.string({ maxLength: 2 })), {
    maxLength: 4,
  });
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("a", "b", "", '"', "\\"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const valuesAt = (value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] => {
    if (name === undefined) return [value];
    if (name === "*") return Array.isArray(value) ? value.flatMap((one: unknown) => valuesAt(one, rest)) : [];
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return [];
    return valuesAt((value as Record<string, unknown>)[name], rest);
  };
  fc.assert(
    fc.property(json, paths, fc.constantFrom(undefined, 1, "\t"), (value, path, space) => {
      const text = JSON.stringify(value, undefined, space);
      const parsed = JSON.parse(text) as unknown;
      const found = findSpans(text, path).map(
        ({ start, end }) => JSON.parse(text.slice(start, end)) as unknown,
      );
      expect(found).toEqual(valuesAt(parsed, path));
    }),
  );
});
