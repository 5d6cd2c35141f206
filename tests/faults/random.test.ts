import fc from "fast-check";
import { violations } from "../property/rules";
import { outages, schedules } from "../property/schedule";
import { run } from "../property/world";

/**
 * A failure prints its seed and path. `PROPERTY_SEED=… PROPERTY_PATH=… npm run test:faults -- random` runs that one
 * schedule again; without the path, all from that seed on. `PROPERTY_RUNS` sets another number of schedules.
 */
const { PROPERTY_SEED, PROPERTY_PATH, PROPERTY_RUNS } = process.env;
const replay = {
  ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
  ...(PROPERTY_PATH !== undefined && { path: PROPERTY_PATH }),
};
const SCHEDULES = Number(PROPERTY_RUNS ?? 10_000);
const OUTAGES = Math.ceil(SCHEDULES / 20);

test(`the rules hold in ${SCHEDULES} random schedules of sends, duplicates, poison, faults, crashes and outages`, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      expect(violations(await run(schedule))).toEqual([]);
    }),
    { numRuns: SCHEDULES, ...replay },
  );
}, 300_000);

test(`an outage of up to 40 minutes dead-letters nothing, in ${OUTAGES} random schedules`, async () => {
  await fc.assert(
    fc.asyncProperty(outages, async (schedule) => {
      const history = await run(schedule);
      expect(violations(history)).toEqual([]);
      expect(history.deadLetters).toEqual([]);
    }),
    { numRuns: OUTAGES, ...replay },
  );
}, 300_000);
