import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { runningStack } from "../inbox/local-stack";

/** Function of the package bash-completion that bash's script calls, for systems without it, such as macOS. */
const WITHOUT_BASH_COMPLETION = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}")
    cword=$COMP_CWORD
    cur=\${words[cword]}
    prev=\${words[cword - 1]}
}
`;

/** Adds `webhooks completion <shell>`: subcommands, options and their choices, and the local stack's providers and consumers. */
export function withCompletion(program: Command): Command {
  const completion = tab(program, { completionCommandName: "completion" });
  for (const { options } of [completion, ...completion.commands.values()]) {
    for (const [option, names] of [
      ["provider", localProviders],
      ["consumer", localConsumers],
    ] as const) {
      const named = options.get(option);
      if (named) named.handler = (complete) => names().forEach((name) => complete(name, ""));
    }
  }
  program.commands
    .find((command) => command.name() === "completion")
    ?.description("Prints a script that completes commands and options in a shell.")
    .hook("preAction", (_, command) => {
      if (command.args[0] === "bash") console.log(WITHOUT_BASH_COMPLETION);
    })
    .addHelpText(
      "after",
      `
It needs \`webhooks\` on the PATH: \`npm link\`.

Examples:
  source <(webhooks completion bash)
  webhooks completion zsh > "\${fpath[1]}/_webhooks"
  webhooks completion fish > ~/.config/fish/completions/webhooks.fish`,
    );
  return program;
}

/**
 * Returns the providers of the stack that runs here. Those of other stacks would have to be requested, for which a key
 * press should not wait.
 */
function localProviders(): string[] {
  return Object.keys(runningStack()?.providers ?? {});
}

function localConsumers(): string[] {
  return Object.keys(runningStack()?.outputs.consumer_queues ?? {});
}
