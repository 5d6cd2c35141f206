import { CommanderError, type Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../../cli/program";
import { ROOT } from "../../../local/paths";
import { blocksOf, commandsOf, needsAws, pageText as text, type Block } from "../../support/pages";

const inFolder = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
const DOCUMENTS = ["README.md", ...inFolder("docs")];
const PAGES = [...DOCUMENTS, "CONTRIBUTING.md"];
const shellOf = (page: string) => blocksOf(page).filter(({ language }) => language === "sh");

/** Each line of a shell in a document or a help that runs `webhooks`, up to its comment, pipe or redirection. */
const commandsIn = (lines: string) =>
  [...lines.matchAll(/^ *(?:npx )?webhooks ([a-z][^\n#|<>]*)/gm)].map(([, args = ""]) => args.trim());

/** Each command within a text, which can go on in the next line. */
const inlineIn = (page: string) =>
  [...page.matchAll(/`(?:npx )?webhooks\s+([a-z][^`]*)`/g)].map(([, args = ""]) =>
    args.replace(/\s+/g, " ").replace(/ *[|#].*/, ""),
  );

/** Each `npm run <script>`. */
const scriptsIn = (lines: string) =>
  [...lines.matchAll(/npm run ([\w:-]+)/g)].map(([, script = ""]) => script);

function helpsOf(command: Command): string[] {
  let help = "";
  command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  return [help, ...command.commands.flatMap(helpsOf)];
}

/** The options that a command line gives and its command does not know, or the command that there is not. */
function unknownIn(args: readonly string[]): readonly string[] {
  let command = createProgram();
  let rest = [...args];
  while (command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    // A group of commands as a whole.
    if (rest.length === 0) return [];
    if (!next) return [rest[0] ?? ""];
    [command, rest] = [next, rest.slice(1)];
  }
  try {
    return command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parseOptions(rest).unknown;
  } catch (error) {
    // A text can name an option without a value.
    if (error instanceof CommanderError && error.code === "commander.optionMissingArgument") return [];
    throw error;
  }
}

const commands = [
  ...helpsOf(createProgram()).flatMap(commandsIn),
  ...PAGES.flatMap(shellOf).flatMap(({ text: lines }) => commandsIn(lines)),
  ...PAGES.map(text).flatMap(inlineIn),
];

test.each([...new Set(commands)].filter((args) => !args.startsWith("completion")))(
  "webhooks %s is a command with options that there are",
  (args) => expect(unknownIn(args.split(/ +/))).toEqual([]),
);

test.each(PAGES)(
  "%s names npm scripts that there are, and none whose banner would stand before JSON",
  (file) => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    expect(scriptsIn(text(file)).filter((script) => scripts[script] === undefined)).toEqual([]);
    expect(scriptsIn(text(file))).not.toContain("webhooks");
  },
);

/**
 * Commands of Pulumi that the pages have, with their options.
 * @see https://www.pulumi.com/docs/iac/cli/commands/
 */
const PULUMI: Readonly<Record<string, readonly string[]>> = {
  "config rm": ["--stack"],
  "config set": ["--stack"],
  destroy: ["--stack"],
  preview: ["--stack", "--json"],
  "stack init": ["--copy-config-from"],
  "stack output": ["--json", "--stack"],
  "stack select": ["--create"],
  up: ["--stack"],
};

const RECIPES = "docs/recipes.md";
const run = new Set(
  shellOf(RECIPES)
    .filter((block) => !needsAws(block))
    .flatMap(commandsOf),
);

/** Whether a test runs the block, or the page says before it why none does. */
function isMarked(page: string, block: Block): boolean {
  if (commandsOf(block).every((command) => run.has(command))) return true;
  const [, runBy] = /<!-- run by (\S+) -->\s*$/.exec(block.justAbove) ?? [];
  if (runBy !== undefined) return existsSync(join(ROOT, runBy));
  // In the recipes every block says it for itself.
  const said = page === RECIPES ? [block.justAbove] : [text(page).split(/^```|^## /m)[0] ?? "", block.above];
  return said.some((one) => /\bneeds? (an )?AWS\b|\bno test runs\b/i.test(one));
}

describe.each(DOCUMENTS.filter((page) => shellOf(page).length > 0))("the commands of %s", (page) => {
  test("are run by a test, or the page says that they need AWS or that no test runs them", () => {
    expect(
      shellOf(page)
        .filter((block) => !isMarked(page, block))
        .map(commandsOf),
    ).toEqual([]);
  });

  test("are commands of Pulumi that there are", () => {
    const pulumi = shellOf(page)
      .flatMap(commandsOf)
      .filter((command) => command.startsWith("pulumi "));
    const unknown = pulumi.filter((command) => {
      const [, rest = ""] = /^pulumi ([^|>]*)/.exec(command) ?? [];
      const [, options] = Object.entries(PULUMI).find(([name]) => `${rest} `.startsWith(`${name} `)) ?? [];
      return rest.match(/--[\w-]+/g)?.some((option) => !options?.includes(option)) ?? !options;
    });
    expect(unknown).toEqual([]);
  });
});
