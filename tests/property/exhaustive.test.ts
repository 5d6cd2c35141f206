import {
  ALL_KINDS,
  DISTINCT_KINDS,
  explore,
  interleavings,
  ONE_GROUP,
  TWO_GROUPS,
  type Explored,
} from "./exhaustive";

/** The number of cases is part of the name, so that nobody makes it small unseen. */
describe("the rules hold for every interleaving of three webhooks", () => {
  const LIMIT_MS = 240_000;
  const expectHeld = ({ cases, broken }: Explored, expected: number) => {
    expect(broken).toEqual([]);
    expect(cases).toBe(expected);
  };

  test(
    "in one group, with every single fault at every call (2,628 cases)",
    async () => expectHeld(await explore(interleavings(ONE_GROUP), 1, ALL_KINDS), 2_628),
    LIMIT_MS,
  );

  test(
    "in two groups, with every single fault at every call (5,406 cases)",
    async () => expectHeld(await explore(interleavings(TWO_GROUPS), 1, ALL_KINDS), 5_406),
    LIMIT_MS,
  );

  test(
    "in one group, with every pair of faults that differ in what they leave behind (12,183 cases)",
    async () => expectHeld(await explore(interleavings(ONE_GROUP), 2, DISTINCT_KINDS), 12_183),
    LIMIT_MS,
  );

  test(
    "in two groups, with every pair of faults that differ in what they leave behind and can meet (23,468 cases)",
    async () => expectHeld(await explore(interleavings(TWO_GROUPS), 2, DISTINCT_KINDS), 23_468),
    LIMIT_MS,
  );
});
