import {
  ALL_KINDS,
  CONSUMERS,
  DISTINCT_KINDS,
  explore,
  interleavings,
  ONE_GROUP,
  TWO_GROUPS,
  type Explored,
} from "./exhaustive";
import type { Schedule } from "./schedule";

/**
 * `NTH_SCHEDULE=6` runs only every sixth interleaving, other ones each time. What breaks a rule is printed whole, as
 * the schedule with its faults.
 */
const NTH_SCHEDULE = Number(process.env["NTH_SCHEDULE"] ?? 1);

/** Returns every nth schedule, from a random one on. */
function sampled(schedules: readonly Schedule[]): readonly Schedule[] {
  const first = Math.floor(Math.random() * NTH_SCHEDULE);
  return schedules.filter((_, index) => index % NTH_SCHEDULE === first);
}

/** The names say what holds without a sample, with the least number of cases, so that nobody reduces it unnoticed. */
describe("the rules hold for every interleaving of three webhooks", () => {
  const LIMIT_MS = 240_000;
  // Allow for a sample of the shorter schedules.
  const share = NTH_SCHEDULE === 1 ? 1 : 1 / (2 * NTH_SCHEDULE);
  const expectHeld = ({ cases, broken }: Explored, least: number) => {
    expect(broken).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(least * share);
  };

  test(
    "in one group, with every single fault at every call (over 2,400 cases)",
    async () => expectHeld(await explore(sampled(interleavings(ONE_GROUP)), 1, ALL_KINDS), 2_400),
    LIMIT_MS,
  );

  test(
    "in two groups, with every single fault at every call (over 5,000 cases)",
    async () => expectHeld(await explore(sampled(interleavings(TWO_GROUPS)), 1, ALL_KINDS), 5_000),
    LIMIT_MS,
  );

  test(
    "in one group, with every pair of faults that differ in what they leave behind (over 10,000 cases)",
    async () => expectHeld(await explore(sampled(interleavings(ONE_GROUP)), 2, DISTINCT_KINDS), 10_000),
    LIMIT_MS,
  );

  test(
    "in two groups, with every pair of faults that differ in what they leave behind and can meet (over 20,000 cases)",
    async () => expectHeld(await explore(sampled(interleavings(TWO_GROUPS)), 2, DISTINCT_KINDS), 20_000),
    LIMIT_MS,
  );

  test(
    "in one group, before consumers of every sort, with every single fault at every call (over 5,000 cases)",
    async () => {
      const schedules = CONSUMERS.flatMap((bad) =>
        interleavings(ONE_GROUP.slice(0, 1)).map((schedule) => ({ ...schedule, consumers: [bad] })),
      );
      expectHeld(await explore(sampled(schedules), 1, ALL_KINDS), 5_000);
    },
    LIMIT_MS,
  );
});
