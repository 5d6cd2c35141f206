import { duration, pointInTime, positive, rate } from "../../../../cli/options/stack";
import { age } from "../../../../inbox/text";
import { sendInOrder } from "../../../../inbox/operations/in-order";

describe("options", () => {
  test.each([
    ["90s", 90],
    ["15m", 900],
    ["24h", 86_400],
    ["7d", 604_800],
  ])("the duration %s has %i seconds", (text, seconds) => {
    expect(duration(text)).toBe(seconds);
  });
  test.each(["", "0s", "h", "1.5h", "-1h", "1w", "90"])("%j is no duration", (text) => {
    expect(() => duration(text)).toThrow("Give a duration");
  });

  const now = Date.parse("2026-01-02T03:04:05Z");
  test.each([
    ["2026-01-02T03:04:05Z", now],
    ["2026-01-02T04:04:05.5+01:00", now + 500],
    ["2026-01-02", Date.parse("2026-01-02T00:00:00Z")],
    ["2h", now - 7_200_000],
  ])("%s is a point in time", (text, ms) => {
    expect(pointInTime(text, now)).toBe(ms);
  });
  test.each(["yesterday", "2026", "2026-01-02T03:04:05", "2026-13-01", "02/01/2026", ""])(
    "%j is none",
    (text) => {
      expect(() => pointInTime(text, now)).toThrow("Invalid time");
    },
  );

  test.each(["0", "-1", "x", "", "Infinity"])("%j is neither a count nor a rate", (text) => {
    expect(() => positive(text)).toThrow();
    expect(() => rate(text)).toThrow();
  });
  test("a rate can be below one", () => {
    expect(rate("0.5")).toBe(0.5);
  });
});

test.each([
  [45_000, "45 s"],
  [12 * 60_000, "12 min"],
  [3.5 * 3_600_000, "3.5 h"],
  [2.5 * 86_400_000, "2.5 d"],
  [-5, "0 s"],
])("an age of %i ms reads %s", (ms, text) => {
  expect(age(ms)).toBe(text);
});

test("sending keeps to its rate over all groups", async () => {
  const begun = performance.now();
  const at: number[] = [];
  await sendInOrder({
    items: Array.from({ length: 11 }, (_, index) => index),
    groupOf: (index) => String(index % 3),
    rate: 100,
    signal: new AbortController().signal,
    send: () => Promise.resolve(void at.push(performance.now())),
    onSent: () => undefined,
  });
  // Timers of Node can fire a millisecond early.
  expect((at.at(-1) ?? 0) - begun).toBeGreaterThanOrEqual(98);
});
