import { costPerMillion, DEPLOYED, total, type Usage } from "../../perf/cost/model";
import { BATCHES, countUsage } from "../../perf/cost/usage";

/* What `npm run cost` prints, held. */

const [BATCH] = BATCHES;
let usage: Usage;
beforeAll(async () => {
  usage = (await countUsage(() => undefined)).get(BATCH) as Usage;
}, 120_000);

test("a payload is in the log of its execution four times at most, with its data on", () => {
  expect(usage.workflow.linesWithPayload).toBe(4);
});

test("a million webhooks of 5 KB cost 17.50 dollars at most by default", () => {
  expect(total(costPerMillion(usage, DEPLOYED))).toBeLessThanOrEqual(17.505);
});
