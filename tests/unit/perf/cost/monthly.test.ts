import { costPerMonth } from "../../../../perf/cost/monthly";
import { payloadBytes, webhooksPerMonth } from "../../../../perf/cost/options";

test("the fixed part of a month grows with the providers, not with the webhooks", () => {
  const args = { alarms: 14, detailedMetrics: false, secrets: 0 };
  const [one = {}, three = {}] = [1, 3].map((providers) => costPerMonth({ ...args, providers }));
  expect(one["dashboard"]).toBe(three["dashboard"]);
  expect([one["alarms"], three["alarms"]]).toEqual([expect.closeTo(1.5), expect.closeTo(1.7)]);
  expect([one["custom metrics"], three["custom metrics"]]).toEqual([
    expect.closeTo(1.8),
    expect.closeTo(5.4),
  ]);
  // Five polls of 20 seconds side by side: 657,000 requests.
  expect(one["polling of the queue"]).toBeCloseTo(0.3285);
});

test("detailed metrics are five for each path and the common one; a secret of Secrets Manager has its price", () => {
  const month = costPerMonth({ providers: 3, alarms: 14, detailedMetrics: true, secrets: 2 });
  expect(month).toMatchObject({ "detailed API metrics": 4 * 5 * 0.3, "Secrets Manager": 0.8 });
});

test.each([
  ["10/s", 26_280_000],
  ["1/min", 43_800],
  ["2.5/h", 1_825],
  ["20000/day", 608_333.33],
  ["1000000/month", 1_000_000],
])("%s is %d webhooks a month", (rate, webhooks) => expect(webhooksPerMonth(rate)).toBeCloseTo(webhooks));

test.each(["10", "0/s", "10/second", "-1/s", "/s"])("the rate %j is rejected with what is allowed", (rate) =>
  expect(() => webhooksPerMonth(rate)).toThrow(/such as 10\/s/),
);

test.each([
  ["500B", 500],
  ["5KB", 5_120],
  ["0.5kb", 512],
  ["1MB", 1_048_576],
])("%s is %d bytes", (size, bytes) => expect(payloadBytes(size)).toBe(bytes));

test.each(["5", "10B", "5MB", "KB"])("the size %j is rejected with what is allowed", (size) =>
  expect(() => payloadBytes(size)).toThrow(/such as 5KB/),
);
