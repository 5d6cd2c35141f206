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

/**
 * `NTH_PAIR=4` runs only every fourth pair of faults, other ones each time. What breaks a rule is printed whole, as the
 * schedule with its faults.
 */
const NTH_PAIR = Number(process.env["NTH_PAIR"] ?? 1);
const PAIRS = NTH_PAIR === 1 ? "every pair" : `one in ${NTH_PAIR} pairs`;

/** The names contain the least number of cases, so that nobody reduces it unnoticed. */
describe("the rules hold for every interleaving of three webhooks", () => {
  const LIMIT_MS = 240_000;
  const expectHeld = ({ cases, broken }: Explored, least: number) => {
    expect(broken).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(least);
  };

  test(
    "in one group, with every single fault at every call (over 2,400 cases)",
    async () => expectHeld(await explore(interleavings(ONE_GROUP), 1, ALL_KINDS), 2_400),
    LIMIT_MS,
  );

  test(
    "in two groups, with every single fault at every call (over 5,000 cases)",
    async () => expectHeld(await explore(interleavings(TWO_GROUPS), 1, ALL_KINDS), 5_000),
    LIMIT_MS,
  );

  test(
    `in one group, with ${PAIRS} of faults that differ in what they leave behind (over ${10_000 / NTH_PAIR} cases)`,
    async () =>
      expectHeld(await explore(interleavings(ONE_GROUP), 2, DISTINCT_KINDS, NTH_PAIR), 10_000 / NTH_PAIR),
    LIMIT_MS,
  );

  test(
    `in two groups, with ${PAIRS} of faults that differ in what they leave behind and can meet (over ${20_000 / NTH_PAIR} cases)`,
    async () =>
      expectHeld(await explore(interleavings(TWO_GROUPS), 2, DISTINCT_KINDS, NTH_PAIR), 20_000 / NTH_PAIR),
    LIMIT_MS,
  );

  test(
    "in one group, before consumers of every sort, with every single fault at every call (over 5,000 cases)",
    async () => {
      const schedules = CONSUMERS.flatMap((bad) =>
        interleavings(ONE_GROUP.slice(0, 1)).map((schedule) => ({ ...schedule, consumers: [bad] })),
      );
      expectHeld(await explore(schedules, 1, ALL_KINDS), 5_000);
    },
    LIMIT_MS,
  );
});
