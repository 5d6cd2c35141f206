import { readFileSync } from "node:fs";
import { join } from "node:path";
import { providersPage } from "../../../docs/providers-page";
import { senders } from "../../../providers/senders";

const page = readFileSync(join(__dirname, "../../../docs/providers.md"), "utf8");

it("docs/providers.md is what the registry says (npm run providers writes it)", () => {
  expect(page).toBe(providersPage(Object.values(senders)));
});

it.each(Object.keys(senders))("names %s once", (id) => {
  expect(page.split(`\`scheme: ${id}\`\n`)).toHaveLength(2);
});

it.each([
  ["mailgun", "does not cover the event"],
  ["gitlab", "travels with each request"],
  ["strava", "allowUnsigned: true"],
])("warns of %s", (id, warning) => {
  const [, after = ""] = page.split(`\`scheme: ${id}\`\n`);
  expect(after.split("\n## ")[0]).toContain(warning);
});
