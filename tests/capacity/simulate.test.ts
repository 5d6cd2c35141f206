import { Bucket, Events } from "../../capacity/events";
import { AWS, AWS_RAISED, type Platform, type Traffic } from "../../capacity/model";
import { simulate } from "../../capacity/simulate";

const traffic = (over: Partial<Traffic> = {}): Traffic => ({
  provider: "stripe",
  rate: 20,
  burstiness: 1,
  entities: 1,
  skew: 0,
  ...over,
});
const run = (sources: readonly Traffic[], platform: Platform = AWS, seconds = 30) =>
  simulate(platform, sources, { seconds, seed: 7 });
const limitOf = ({ utilisation }: ReturnType<typeof run>) => utilisation[0]?.name;

describe("a simulated path", () => {
  test("loses nothing: what arrived was refused, published, or waits", () => {
    for (const rate of [20, 200, 2_000]) {
      const { arrived, accepted, refused, published, backlog } = run([traffic({ rate, entities: 50 })]);
      const turnedAway = Object.values(refused).reduce((sum, count) => sum + count, 0);
      // The rest is under way at the door when the time is over.
      expect(arrived - accepted - turnedAway).toBeLessThan(rate);
      expect(arrived - accepted - turnedAway).toBeGreaterThanOrEqual(0);
      expect(accepted - published).toBeLessThanOrEqual((backlog.at(-1) ?? 0) + rate);
    }
  });

  test("is the same for the same seed", () => {
    expect(run([traffic()])).toEqual(run([traffic()]));
  });

  test("keeps up with little, ordered by the provider alone", () => {
    const { sustained, backlog } = run([traffic({ rate: 20 })]);
    expect(sustained).toBeCloseTo(20, -1);
    expect(Math.max(...backlog)).toBeLessThan(30);
  });

  test("ordered by the provider alone, gives one batch of ten per round trip and no more", () => {
    const { perBatch, perWebhook } = AWS.processSeconds;
    const most = 10 / (perBatch + 10 * perWebhook + AWS.gapSeconds);
    const result = run([traffic({ rate: 3 * most })]);
    expect(result.sustained / most).toBeGreaterThan(0.9);
    expect(result.sustained / most).toBeLessThan(1.1);
    expect(limitOf(result)).toBe("one batch of a group at a time");
    expect(result.backlog.at(-1)).toBeGreaterThan(result.backlog[9] ?? Infinity);
  });

  test("ordered by entity, does the same traffic without a backlog", () => {
    const result = run([traffic({ rate: 240, entities: 1_000 })]);
    expect(result.sustained).toBeGreaterThan(225);
    expect(result.latency.p99).toBeLessThan(2);
  });

  test("a few entities with most of the traffic are as slow as one", () => {
    const skewed = run([traffic({ rate: 240, entities: 1_000, skew: 2 })]);
    expect(limitOf(skewed)).toBe("one batch of a group at a time");
  });

  test("a new table's write units bind first of all quotas, and raised quotas carry 10,000/s", () => {
    const many = traffic({ rate: 10_000, entities: 100_000, skew: 0.5 });
    const bound = run([many], AWS, 10);
    expect(limitOf(bound)).toBe("DynamoDB, write units");
    expect(bound.sustained).toBeLessThan(4_000 / 3 + 100);
    expect(run([many], AWS_RAISED, 10).sustained).toBeGreaterThan(9_500);
  });

  test("a path's own throttle holds back its provider and no other", () => {
    const { refused, accepted } = run([
      traffic({ rate: 100, throttle: { burst: 10, rate: 5 }, entities: 100 }),
      traffic({ provider: "github", rate: 20 }),
    ]);
    expect(Object.keys(refused)).toEqual(["the path's throttle"]);
    expect(accepted).toBeGreaterThan(10 + 5 * 29 + 20 * 25);
    expect(accepted).toBeLessThan(10 + 5 * 30 + 20 * 35);
  });

  test("drains what is queued at the rate that the batches give", () => {
    const platform = { ...AWS, jitter: 0, coldStartSeconds: 0 };
    const { finishedAt } = simulate(platform, [], { seconds: 60, seed: 1, queued: 100 });
    expect(finishedAt).toBeCloseTo(10 * (0.11 + 10 * 0.001) + 9 * 0.02);
  });
});

test("things happen in the order of their times", () => {
  const events = new Events();
  const seen: number[] = [];
  for (const time of [5, 1, 4, 2, 3, 9]) events.at(time, () => seen.push(events.now));
  events.run(6);
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

test("a bucket gives its burst, then its rate, and remembers the highest demand", () => {
  const bucket = new Bucket(2, 3);
  const taken = [0, 0, 0, 0, 0.5, 0.5].map((now) => bucket.take(now));
  expect(taken).toEqual([true, true, true, false, true, false]);
  expect(bucket.peak).toBe(6);
});
