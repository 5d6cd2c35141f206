import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as consumer from "../../../consumer";

const page = readFileSync(join(__dirname, "../../../docs/consuming.md"), "utf8");

test("the page has the statement that makes the table of PostgreSQL", () => {
  expect(page).toContain(consumer.postgresTable());
});

test.each(Object.keys(consumer).filter((name) => !name.endsWith("Error")))("the page shows %s", (name) => {
  expect(page).toMatch(new RegExp(`\\b${name}\\(`));
});
