import type { BusEvent } from "../../../support/inbox";
import {
  findings,
  judge,
  nameOf,
  owedEvents,
  type Accepted,
  type Outcome,
} from "../../../../perf/soak/judge";
import type { SoakWebhook } from "../../../../perf/soak/webhooks";

const base: SoakWebhook = { provider: "acme", poison: false, payload: {}, headers: {}, eachRequest: false };
const hint: SoakWebhook = { ...base, provider: "dropbox", eachRequest: true };
const batch: SoakWebhook = {
  ...base,
  provider: "sendgrid",
  poison: true,
  elements: [
    { id: "e0", group: "g", poison: false },
    { id: "e1", group: "g", poison: true },
    { id: "e2", group: "g", poison: false },
  ],
};
const ACCEPTED: readonly Accepted[] = [
  { webhook: base, id: "a", key: "a~0123456789abcdef" },
  { webhook: base, id: "a", key: "a~0123456789abcdef" },
  { webhook: hint, id: "r1" },
  { webhook: hint, id: "r2" },
  { webhook: batch, id: "e0" },
];

const onBus = (...names: string[]): readonly BusEvent[] =>
  names.map((name) => {
    const [provider, id = ""] = name.split("#");
    return { source: `webhook.${provider}`, "detail-type": "t", resources: [], detail: { id, type: "t" } };
  });
const PUBLISHED = ["acme#a", "dropbox#r1", "dropbox#r2", "sendgrid#e0", "sendgrid#e2"];
const held: Outcome = {
  events: onBus(...PUBLISHED),
  deadLetters: [{ provider: "sendgrid", id: "e1", data: '{"soak":{"poison":true}}' }],
  statuses: new Map(
    owedEvents(ACCEPTED).map((event) => [nameOf(event), event.poison ? "dead_lettered" : "published"]),
  ),
  unanswered: new Map(),
};
const found = (outcome: Partial<Outcome>, accepted = ACCEPTED) =>
  findings(judge(accepted, { ...held, ...outcome }));

test("each event of a split request and each request without an id is owed, a resend is not", () => {
  expect(found({})).toEqual([]);
  expect(judge(ACCEPTED, held)).toMatchObject({ requests: 5, accepted: 6, published: 5 });
});

describe("the judge of the soak finds", () => {
  test.each<[string, Partial<Outcome>, string]>([
    [
      "one of a split request's events lost",
      { events: onBus(...PUBLISHED.slice(0, -1)) },
      "1 lost: sendgrid#e2",
    ],
    [
      "a request without an id lost, though its resend is there",
      { events: onBus(...PUBLISHED.filter((name) => name !== "dropbox#r1")) },
      "1 lost: dropbox#r1",
    ],
    [
      "two events of a request in the wrong order",
      { events: onBus(...PUBLISHED.slice(0, 3), "sendgrid#e2", "sendgrid#e0") },
      "1 out of order: sendgrid#e0",
    ],
    ["an event that is published twice", { events: onBus(...PUBLISHED, "acme#a") }, "1 on the bus twice"],
    [
      "a healthy event dead-lettered with the poison one of its request",
      { deadLetters: [...held.deadLetters, { provider: "sendgrid", id: "e2" }] },
      "1 healthy and dead-lettered: sendgrid#e2",
    ],
    ["poison that is nowhere", { deadLetters: [] }, "1 lost: sendgrid#e1"],
    [
      "an event that nobody sent",
      { events: onBus(...PUBLISHED, "acme#b") },
      "1 that no request holds: acme#b",
    ],
    [
      "more events of requests without a 2xx than there were such requests",
      { events: onBus(...PUBLISHED, "dropbox#r3", "dropbox#r4"), unanswered: new Map([["dropbox", 1]]) },
      "1 that no request holds: dropbox#r4",
    ],
  ])("%s", (_, outcome, finding) => {
    expect(found(outcome)).toContainEqual(expect.stringContaining(finding));
  });

  test("a second happening that was taken for the first one sent again", () => {
    const second = { webhook: { ...base }, id: "a" };
    expect(found({}, [...ACCEPTED, second])).toEqual(["1 answered with the id of another event: acme#a"]);
  });

  test("a resend that became an event of its own", () => {
    expect(found({}, [...ACCEPTED, { webhook: base, id: "b" }])).toContain(
      "1 answered with the id of another event: acme#b",
    );
  });
});

test("what the inbox itself has to say is owed to nobody", () => {
  expect(found({ events: onBus(...PUBLISHED, "_inbox#resumed-1") })).toEqual([]);
});

test("an event of a request that was queued and got no 2xx may be there, where each request is one", () => {
  const events = onBus(...PUBLISHED, "dropbox#r3");
  expect(found({ events, unanswered: new Map([["dropbox", 1]]) })).toEqual([]);
});
