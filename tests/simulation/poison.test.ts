import fc from "fast-check";
import { violations } from "./rules";
import type { Kind, Schedule } from "./schedule";
import { run } from "./world";

const POISON: readonly Kind[] = ["breaks-transform", "breaks-execution", "breaks-contract"];
const RUNS = 40;

/** Returns schedules with k poison webhooks at random positions among n healthy ones, sent over two seconds. */
const mixed = (k: number, n: number, groups: number): fc.Arbitrary<Schedule> => {
  const webhook = (kind: fc.Arbitrary<Kind>) =>
    fc.record({ group: fc.nat(groups - 1), kind, sentAt: fc.nat(2_000).map((at) => [at]) });
  return fc
    .tuple(
      fc.array(webhook(fc.constantFrom(...POISON)), { minLength: k, maxLength: k }),
      fc.array(webhook(fc.constant("plain")), { minLength: n, maxLength: n }),
    )
    .chain(([poison, healthy]) => {
      const all = [...poison, ...healthy];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    })
    .map((webhooks) => ({ webhooks, faults: [], latencies: [20], patience: 5 }));
};

describe.each([1, 3])("in %i groups", (groups) => {
  test.each([
    [0, 12],
    [1, 12],
    [3, 12],
    [9, 12],
    [12, 1],
  ])(
    "of %i poison webhooks among %i healthy ones just the poison ones are dead-lettered",
    async (k, n) => {
      await fc.assert(
        fc.asyncProperty(mixed(k, n, groups), async (schedule) => {
          const { deadLetters, publications, webhooks, ...history } = await run(schedule);
          const poison = webhooks.filter(({ kind }) => kind !== "plain").map(({ id }) => id);
          const healthy = webhooks.filter(({ kind }) => kind === "plain").map(({ id }) => id);
          expect(deadLetters.map(({ id }) => id).sort()).toEqual(poison.sort());
          expect(publications.map(({ id }) => id).sort()).toEqual(healthy.sort());
          expect(violations({ deadLetters, publications, webhooks, ...history })).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    60_000,
  );
});
