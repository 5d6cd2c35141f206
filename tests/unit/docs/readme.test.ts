import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../../cli/program";
import { ROOT } from "../../../local/paths";
import { pageText } from "../../support/pages";

const readme = pageText("README.md");
/** A chapter of README, from its heading to the next one. */
const chapter = (heading: string) => readme.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

test("README says of every command of `webhooks` what it does", () => {
  const operate = chapter("Operate it");
  const names = createProgram().commands.map((command) => command.name());
  expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(operate))).toEqual([]);
});

test("README names every output of a stack, and no other", () => {
  const [, declared = ""] =
    /interface WebhookInboxOutputs \{([^]*?)\n\}/.exec(pageText("components/outputs.ts")) ?? [];
  const outputs = [...declared.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name);
  const named = [...chapter("Stack outputs").matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(outputs.sort());
});

test("README links every page of docs/", () => {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  expect(pages.filter((page) => !readme.includes(`](docs/${page})`))).toEqual([]);
});
