import type { Answer } from "../../../load/runner/plan";
import { findKnee, judgeBucket, judgeStatuses, percentile } from "../../../load/runner/verdicts";

const answer = (over: Partial<Answer>): Answer => ({
  provider: "stripe",
  n: 0,
  status: 202,
  sentAt: 0,
  ms: 20,
  ...over,
});

/** What a path with this bucket answers to a steady demand. */
function throttled(
  { burst, rate }: { burst: number; rate: number },
  demand: number,
  seconds: number,
): Answer[] {
  let tokens = burst;
  return Array.from({ length: demand * seconds + 1 }, (_, n) => {
    if (n > 0) tokens = Math.min(burst, tokens + rate / demand);
    const taken = tokens >= 1;
    if (taken) tokens -= 1;
    return answer({ n, sentAt: (n * 1000) / demand, status: taken ? 202 : 429 });
  });
}

describe("the token bucket of a path", () => {
  const bucket = { burst: 10, rate: 5 };

  test("holds where burst + rate x seconds were accepted", () => {
    expect(judgeBucket("stripe", throttled(bucket, 20, 12), bucket, 0.1)).toEqual({
      ok: true,
      text: "stripe: 70 accepted of 241 in 12.0 s; burst 10 + rate 5/s gives 70 ± 7",
    });
  });

  test.each([
    ["twice the rate", { burst: 10, rate: 10 }],
    ["half the rate", { burst: 10, rate: 2.5 }],
    ["no burst", { burst: 1, rate: 5 }],
  ])("does not hold where the path has %s", (_, actual) => {
    expect(judgeBucket("stripe", throttled(actual, 20, 12), bucket, 0.1).ok).toBe(false);
  });

  test("is not told by a demand that leaves it full", () => {
    const { ok, text } = judgeBucket("stripe", throttled(bucket, 5, 12), bucket, 0.1);
    expect(ok).toBe(false);
    expect(text).toContain("too few to judge");
  });

  test("is that of the path alone", () => {
    const others = throttled(bucket, 20, 12).map((one) => ({ ...one, provider: "acme" }));
    expect(judgeBucket("stripe", [...throttled(bucket, 20, 12), ...others], bucket, 0.1).ok).toBe(true);
  });
});

describe("statuses", () => {
  test("that a script does not allow are a fault, and so is no answer at all", () => {
    expect(judgeStatuses([answer({}), answer({ status: 429 })], [202, 429]).ok).toBe(true);
    expect(judgeStatuses([answer({}), answer({ status: 503 })], [202, 429])).toEqual({
      ok: false,
      text: "answers: 1 x 202, 1 x 503",
    });
    expect(judgeStatuses([answer({ status: 0 })], [202]).text).toBe("answers: 1 x no answer");
    expect(judgeStatuses([], [202]).ok).toBe(false);
  });
});

describe("the knee of a ramp", () => {
  const ramp = (top: number, over: (offered: number) => Partial<Answer>) =>
    Array.from({ length: 600 }, (_, n) => {
      const offered = 1 + ((top - 1) * n) / 599;
      return answer({ n, offered, ...over(offered) });
    });

  test("is where latency breaks", () => {
    const { held, broke } = findKnee(ramp(120, (offered) => ({ ms: offered > 60 ? 5_000 : 30 })));
    expect(held?.offered).toBe(55);
    expect(broke?.offered).toBe(65);
  });

  test("is where errors begin", () => {
    const { broke } = findKnee(ramp(120, (offered) => ({ status: offered > 90 ? 503 : 202 })));
    expect(broke?.offered).toBe(95);
  });

  test("is not there where everything held", () => {
    const { held, broke } = findKnee(ramp(120, () => ({})));
    expect(broke).toBeUndefined();
    expect(held?.offered).toBe(115);
  });
});

test("a percentile is a value that was seen", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
  expect(percentile([], 0.5)).toBeNaN();
});
