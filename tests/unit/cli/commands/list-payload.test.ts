import { confirmSearch } from "../../../../cli/commands/list-payload";
import { ASK_ABOVE, type SearchPlan } from "../../../../inbox/payload-search";
import type { WebhookRecord } from "../../../../inbox/records/record";

let written = "";
beforeEach(() => {
  written = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => ((written += String(text)), true));
});
afterEach(() => void jest.restoreAllMocks());

const plan = (payloads: number): SearchPlan => ({
  webhooks: Array.from({ length: payloads }, () => ({}) as WebhookRecord),
  bytes: 25_000_000,
  dollars: 0.04,
});

test("a search says what it reads and what that costs, and reads many only after a yes", async () => {
  await confirmSearch(plan(ASK_ABOVE), {});
  expect(written).toContain("Reading 1000 payloads, 25.0 MB, from S3: about $0.04 for the requests");
  await expect(confirmSearch(plan(ASK_ABOVE + 1), {})).rejects.toThrow("pass --yes");
  await confirmSearch(plan(ASK_ABOVE + 1), { yes: true });
});
