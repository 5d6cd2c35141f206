import type { Answer } from "../../../load/runner/plan";
import { judgeDelivery, type Published, type RecordFacts } from "../../../load/verify";

const accepted = (n: number, over: Partial<Answer> = {}): Answer => ({
  provider: "stripe",
  n,
  status: 202,
  id: `evt_${n}`,
  sentAt: n * 100,
  ms: 20,
  ...over,
});
const event = (n: number, over: Partial<Published> = {}): Published => ({
  provider: "stripe",
  id: `evt_${n}`,
  sequence: String(1_000 + n),
  ...over,
});
const record = (n: number, over: Partial<RecordFacts> = {}): [string, RecordFacts] => [
  `stripe#evt_${n}`,
  {
    status: "published",
    group: "stripe",
    receivedAt: new Date(n * 100).toISOString(),
    publishedAt: new Date(n * 100 + 500).toISOString(),
    ...over,
  },
];
const failed = (
  answers: readonly Answer[],
  events: readonly Published[],
  records: readonly [string, RecordFacts][],
  logIsInOrder = true,
) =>
  judgeDelivery(answers, events, new Map(records), logIsInOrder)
    .filter(({ ok }) => !ok)
    .map(({ text }) => text);

const three = [0, 1, 2];
const answers = three.map((n) => accepted(n));
const events = three.map((n) => event(n));
const records = three.map((n) => record(n));

test("nothing is found where each accepted webhook was published once and in order", () => {
  expect(failed(answers, events, records)).toEqual([]);
});

test.each<[string, readonly Published[], readonly [string, RecordFacts][], string]>([
  ["lost", events.slice(1), records, "1 accepted and not published: stripe#evt_0"],
  ["published twice", [...events, event(1)], records, "1 published twice: stripe#evt_1"],
  [
    "published though it was rejected",
    [...events, event(9)],
    records,
    "1 published though not accepted: stripe#evt_9",
  ],
  [
    "left behind in the table",
    events,
    [...records.slice(0, 2), record(2, { status: "received" })],
    "1 without the status published: stripe#evt_2",
  ],
])("a webhook that was %s is found", (_, published, table, finding) => {
  expect(failed(answers, published, table)).toContain(finding);
});

describe("order", () => {
  const outOfOrder = "1 out of order in its group: stripe#evt_";

  test("one that overtook another on the way to the bus is found", () => {
    expect(failed(answers, [event(1), event(0), event(2)], records)).toEqual([`${outOfOrder}1`]);
  });

  test("one that overtook another on the way to the queue is found", () => {
    const swapped = [event(0, { sequence: "1002" }), event(1), event(2, { sequence: "1003" })];
    expect(failed(answers, [event(1), swapped[0] as Published, swapped[2] as Published], records)).toEqual([
      `${outOfOrder}1`,
    ]);
  });

  test("two that were under way at the same time may swap", () => {
    const together = [accepted(0, { ms: 150 }), accepted(1)];
    const swapped = [event(1, { sequence: "1000" }), event(0, { sequence: "1001" })];
    expect(failed(together, swapped, records.slice(0, 2))).toEqual([]);
  });

  test("groups do not wait for each other", () => {
    const two = [record(0, { group: "stripe:a" }), record(1, { group: "stripe:b" })];
    expect(failed(answers.slice(0, 2), [event(1), event(0)], two)).toEqual([]);
  });

  test("on AWS it is read from the times of the table, since a log has no order", () => {
    const shuffled = [event(2), event(0), event(1)];
    expect(failed(answers, shuffled, records, false)).toEqual([]);
    const late = record(0, { publishedAt: new Date(10_000).toISOString() });
    expect(failed(answers, shuffled, [late, ...records.slice(1)], false)).toEqual([`${outOfOrder}1`]);
  });
});

test("a run in which nothing was accepted proves nothing", () => {
  expect(failed([], [], [])).toEqual(["0 webhooks accepted, 0 events published"]);
});
