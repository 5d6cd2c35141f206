import fc from "fast-check";
import { violations } from "./rules";
import { schedules } from "./schedule";
import { run } from "./world";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 10_000);

test(`the rules hold in ${RUNS} random schedules`, async () => {
  const { PROPERTY_SEED: seed, PROPERTY_PATH: path } = process.env;
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      expect(violations(await run(schedule))).toEqual([]);
    }),
    {
      numRuns: RUNS,
      ...(seed !== undefined && { seed: Number(seed) }),
      ...(path !== undefined && { path }),
    },
  );
}, 120_000);
