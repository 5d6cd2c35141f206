import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../../cli/program";
import { ROOT } from "../../../local/paths";

const DOCUMENTS = [
  "README.md",
  "docs/cli.md",
  "docs/listen.md",
  "docs/first-deployment.md",
  "docs/upgrading.md",
  "CONTRIBUTING.md",
];
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Each line of a shell in a document or a help that runs `webhooks`, up to its comment, pipe or redirection. */
const commandsIn = (lines: string) =>
  [...lines.matchAll(/^ *(?:npx )?webhooks ([a-z][^\n#|<>]*)/gm)].map(([, args = ""]) => args.trim());

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
    if (!next) return [rest[0] ?? "no command"];
    [command, rest] = [next, rest.slice(1)];
  }
  return command.parseOptions(rest).unknown;
}

const commands = [...DOCUMENTS.map(text), ...helpsOf(createProgram())].flatMap(commandsIn);

test.each([...new Set(commands)].filter((args) => !args.startsWith("completion")))(
  "webhooks %s is a command with options that there are",
  (args) => expect(unknownIn(args.split(/ +/))).toEqual([]),
);

test.each(DOCUMENTS)(
  "%s names npm scripts that there are, and none whose banner would stand before JSON",
  (file) => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    expect(scriptsIn(text(file)).filter((script) => scripts[script] === undefined)).toEqual([]);
    expect(scriptsIn(text(file))).not.toContain("webhooks");
  },
);
