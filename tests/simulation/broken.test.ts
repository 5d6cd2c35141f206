import fc from "fast-check";
import { BROKEN } from "./broken";
import { neverPauses } from "./broken/never-pauses";
import { violations } from "./rules";
import { outages, schedules } from "./schedule";
import { run } from "./world";

/** Number of schedules to try. One of the first ten catches most mistakes. */
const SCHEDULES = 20_000;

/** Tests the rules: a mistake that they do not notice here, they would not notice in the product either. */
describe("a version of the product is caught that", () => {
  test.each(Object.entries(BROKEN))(
    "%s",
    async (_, { variant, breaks }) => {
      const { failed, seed } = await fc.check(
        fc.asyncProperty(schedules, async (schedule) => {
          const found = violations(await run(schedule, variant));
          return !found.some((violation) => violation.startsWith(`${breaks}:`));
        }),
        { numRuns: SCHEDULES, endOnFailure: true },
      );
      expect({ seed, failed }).toEqual({ seed, failed: true });
    },
    120_000,
  );

  test("never pauses, so that an outage uses up the receives", async () => {
    const { failed, seed } = await fc.check(
      fc.asyncProperty(outages, async (schedule) => {
        const { deadLetters } = await run(schedule, neverPauses);
        return deadLetters.length === 0;
      }),
      { numRuns: SCHEDULES, endOnFailure: true },
    );
    expect({ seed, failed }).toEqual({ seed, failed: true });
  }, 120_000);
});
