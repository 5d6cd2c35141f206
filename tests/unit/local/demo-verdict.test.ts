import { judge, type Delivery, type PublishedEvent } from "../../../local/demo-verdict";

const sent = (provider: string, id: string): Delivery => ({
  provider,
  what: id,
  expected: 202,
  answer: 202,
  isEvent: true,
  id,
});
const event = (provider: string, id: string): PublishedEvent => ({
  provider,
  id,
  type: "a.b",
  execution: "x",
});
const published = (deliveries: readonly Delivery[]) => deliveries.map(() => "published");

const deliveries = [sent("stripe", "a"), sent("github", "g"), sent("stripe", "b")];
const events = [event("github", "g"), event("stripe", "a"), event("stripe", "b")];

test("all is well where each provider's webhooks are on the bus once, in the order in which they were sent", () => {
  expect(judge(deliveries, published(deliveries), events)).toMatchObject({
    complete: true,
    published: 3,
    providers: 2,
    problems: [],
  });
});

test.each<[string, readonly PublishedEvent[], string]>([
  [
    "another order",
    [event("stripe", "b"), event("stripe", "a"), event("github", "g")],
    "stripe: published in another order",
  ],
  ["an event that is missing", events.slice(1), "github#g: not on the bus"],
  [
    "an event twice",
    [...events, event("stripe", "b")],
    "stripe#b: on the bus and should not be, or once too often",
  ],
  ["an event of nobody's", [...events, event("stripe", "z")], "stripe#z: on the bus and should not be"],
])("%s is reported", (_, onTheBus, problem) => {
  expect(judge(deliveries, published(deliveries), onTheBus).problems).toEqual([
    expect.stringContaining(problem),
  ]);
});

test("a status that is not published is reported, and is waited for", () => {
  const verdict = judge(deliveries, ["published", "failed", "published"], events);
  expect(verdict.complete).toBe(false);
  expect(verdict.problems).toEqual(["github, g: its status is failed, not published"]);
});

test("an answer that should have been another is reported", () => {
  const rejected: Delivery = {
    provider: "stripe",
    what: "tampered",
    expected: 401,
    answer: 202,
    isEvent: false,
  };
  expect(judge([rejected], [undefined], []).problems).toEqual(["stripe, tampered: answered 202, not 401"]);
});

const challenge = (provider: string, what: string): Delivery => ({
  provider,
  what,
  expected: 200,
  answer: 200,
  isEvent: false,
});

test("an answer that is wrong in another way is reported", () => {
  const handshake = challenge("meta", "handshake");
  expect(judge([handshake], [undefined], []).problems).toEqual([]);
  expect(judge([{ ...handshake, wrong: "it is empty" }], [undefined], []).problems).toEqual([
    "meta, handshake: it is empty",
  ]);
});

test("a webhook whose provider insists on another answer than 202 is held to the same", () => {
  const adyen: Delivery = { ...sent("adyen", "p"), expected: 200, answer: 200 };
  expect(judge([adyen], ["published"], [event("adyen", "p")]).problems).toEqual([]);
  expect(judge([adyen], ["published"], []).problems).toEqual(["adyen#p: not on the bus"]);
  const nameless: Delivery = { ...challenge("adyen", "p"), isEvent: true };
  expect(judge([nameless], [undefined], []).problems).toEqual(["adyen, p: it became no event"]);
});
