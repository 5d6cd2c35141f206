import type { Owed } from "../../../../perf/soak/judge";
import {
  consumerFindings,
  judgeConsumer,
  type ConsumerOutcome,
  type Handled,
} from "../../../../perf/soak/judge-consumer";

const OWED = ["a", "b", "c", "poison"].map((id, position): Owed => {
  return { provider: "acme", id, key: id, group: "", position, poison: false };
});
const inOrder = (...names: string[]): readonly Handled[] => names.map((name, at) => ({ name, at }));
const held: ConsumerOutcome = {
  consumer: "crm",
  wanted: new Set(["acme#a", "acme#b", "acme#c", "acme#poison"]),
  rejected: new Set(["acme#poison"]),
  handled: inOrder("acme#a", "acme#b", "acme#c"),
  deadLetters: ["acme#poison"],
  exhausted: new Set(),
  mayRepeat: () => false,
};
const found = (outcome: Partial<ConsumerOutcome>) =>
  consumerFindings(judgeConsumer({ ...held, ...outcome }, OWED));

test("all handled in order, and poison dead-lettered alone", () => expect(found({})).toEqual([]));

test("a second delivery that a crash explains is counted, and no finding", () => {
  const outcome = { ...held, handled: inOrder("acme#a", "acme#b", "acme#b", "acme#c") };
  expect(judgeConsumer({ ...outcome, mayRepeat: () => true }, OWED)).toMatchObject({ repeatedByACrash: 1 });
  expect(found({ ...outcome, mayRepeat: () => true })).toEqual([]);
});

test("one that was attempted as often as is configured may be dead-lettered", () => {
  const outcome = { handled: inOrder("acme#a", "acme#c"), deadLetters: ["acme#poison", "acme#b"] };
  expect(found({ ...outcome, exhausted: new Set(["acme#b"]) })).toEqual([]);
  expect(found(outcome)).toEqual(["crm: 1 healthy and dead-lettered: acme#b"]);
});

describe("the judge of a consumer finds", () => {
  test.each<[string, Partial<ConsumerOutcome>, string]>([
    ["an event that never came", { handled: inOrder("acme#a", "acme#b") }, "1 lost: acme#c"],
    [
      "one that came behind a later one",
      { handled: inOrder("acme#b", "acme#a", "acme#c") },
      "1 out of order: acme#a",
    ],
    [
      "one that came twice",
      { handled: inOrder("acme#a", "acme#b", "acme#c", "acme#a") },
      "1 handled twice, and no crash came between: acme#a",
    ],
    ["poison that is nowhere", { deadLetters: [] }, "1 lost: acme#poison"],
    [
      "poison that was taken",
      { handled: inOrder("acme#a", "acme#b", "acme#c", "acme#poison") },
      "1 rejected and not dead-lettered: acme#poison",
    ],
    [
      "one that nobody published",
      { handled: inOrder("acme#a", "acme#b", "acme#c", "acme#d") },
      "1 handled and not on the bus: acme#d",
    ],
  ])("%s", (_, outcome, expected) => expect(found(outcome)).toContain(`crm: ${expected}`));
});
