import { costPerMillion, DEPLOYED, total, type Usage } from "../../perf/cost/model";
import { BATCHES, countUsage } from "../../perf/cost/usage";

/* What `npm run cost` prints, held. */

const [BATCH] = BATCHES;
let usage: Usage;
beforeAll(async () => {
  usage = (await countUsage(() => undefined)).batches.get(BATCH) as Usage;
}, 120_000);

test("a payload is in the log of its execution four times at most, with its data on", () => {
  expect(usage.executions.map(({ linesWithPayload }) => linesWithPayload)).toEqual([4]);
});

test("a million webhooks of 5 KB cost 15 dollars at most by default", () => {
  expect(total(costPerMillion(usage, DEPLOYED))).toBeLessThanOrEqual(15);
});
