import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../../local/paths";
import { webhooks } from "../../support/webhooks";

// Eight processes, one after the other.
jest.setTimeout(120_000);

const run = promisify(execFile);

/** A folder with `webhooks` in it, as `npm link` makes one. */
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "webhooks-completion-"));
  symlinkSync(webhooks(), join(folder, "webhooks"));
  env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers at the end of each of these lines, in a bash that has sourced the script. */
async function offered(...lines: string[]): Promise<string[][]> {
  const script = [
    "source <(webhooks completion bash)",
    // Only within a completion is there something to set options of.
    "compopt() { :; }",
    "complete=$(complete -p webhooks | sed 's/.*-F \\([^ ]*\\).*/\\1/')",
    ...lines.flatMap((line) => [
      `COMP_LINE='${line}' COMP_POINT=${line.length}`,
      `COMP_WORDS=(${line}${line.endsWith(" ") ? " ''" : ""})`,
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))",
      "COMPREPLY=()",
      '"$complete"',
      'echo "${COMPREPLY[*]}"',
    ]),
  ].join("\n");
  const { stdout } = await run("bash", ["--noprofile", "--norc", "-c", script], { env });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
}

test("bash completes commands, options and their choices", async () => {
  const [commands, subcommands, options, choices] = await offered(
    "webhooks t",
    "webhooks dlq re",
    "webhooks list --s",
    "webhooks list --status ",
  );
  expect(commands).toEqual(["tail", "trace"]);
  expect(subcommands).toEqual(["redrive"]);
  expect(options).toEqual(["--status", "--since", "--stack"]);
  expect(choices).toEqual(["received", "published", "filtered", "failed", "dead_lettered", "erased"]);
});

test("there are scripts for zsh and fish, and for another shell the answer which there are", async () => {
  const asked = ["zsh", "fish"].map((shell) => run("webhooks", ["completion", shell], { env }));
  // As `npx webhooks` is in a clone.
  const inClone = run(process.execPath, [join(ROOT, "cli/webhooks.js"), "completion", "tcsh"]);
  const [zsh, fish, tcsh] = await Promise.allSettled([...asked, inClone]);
  for (const script of [zsh, fish])
    expect(script).toMatchObject({
      value: { stdout: expect.stringContaining("webhooks complete --") as string },
    });
  expect(tcsh).toMatchObject({
    reason: { code: 2, stderr: expect.stringContaining("zsh, bash, fish") as string },
  });
});
