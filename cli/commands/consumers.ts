import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { print } from "../../terminal/output";
import { table } from "../../terminal/table";
import { connect } from "../../inbox/connect";
import { consumerState, consumerStates, setReading, type ConsumerState } from "../../inbox/consumers";
import { withStackOptions, type StackOptions } from "../options/stack";

async function list(options: StackOptions): Promise<void> {
  const consumers = await consumerStates(await connect(options));
  print(options, { consumers }, () =>
    consumers.length === 0
      ? "The stack has no consumers."
      : table(["NAME", "KIND", "STATE", "WAITING", "IN FLIGHT", "DEAD LETTERS"], consumers.map(row)),
  );
}

function row({ name, kind, state, backlog, deadLetters }: ConsumerState): string[] {
  const dead = deadLetters && deadLetters.waiting + deadLetters.inFlight;
  return [
    name,
    kind,
    state,
    String(backlog?.waiting ?? "-"),
    String(backlog?.inFlight ?? "-"),
    dead ? pc.red(String(dead)) : String(dead ?? "-"),
  ];
}

async function show(name: string, options: StackOptions): Promise<void> {
  const consumer = await consumerState(name, await connect(options));
  const { kind, when, state, backlog, deadLetters, queueUrl, deadLetterQueueUrl } = consumer;
  const lines: [string, string][] = [
    ["Consumer", name],
    ["Kind", kind],
    ["When", when ?? "all events"],
    ["State", state],
    ["Waiting", `${backlog?.waiting ?? "-"}, in flight ${backlog?.inFlight ?? "-"}`],
    ["Dead letters", String(deadLetters ? deadLetters.waiting + deadLetters.inFlight : "-")],
    ["Queue", queueUrl],
    ["Dead-letter queue", deadLetterQueueUrl],
  ];
  print(options, consumer, () =>
    lines.map(([label, value]) => `${pc.bold(label.padEnd(18))} ${value}`).join("\n"),
  );
}

const switching = (enabled: boolean) => async (name: string, options: StackOptions) => {
  const state = await setReading(name, enabled, await connect(options));
  print(options, { consumer: name, state }, () => `${name}: ${state}.`);
};

/** `webhooks consumers ...` */
export function consumers(): Command {
  const named = (command: string) =>
    withStackOptions(new Command(command)).argument("<name>", "of the consumer");
  return new Command("consumers")
    .description("Shows the consumers and how much waits for each; pauses and resumes one.")
    .addCommand(
      withStackOptions(new Command("list"))
        .description("Lists the consumers: whether their queues are read, what waits, what is dead-lettered.")
        .action(list),
    )
    .addCommand(named("show").description("Shows one consumer, with its queues.").action(show))
    .addCommand(
      named("pause")
        .description(
          "Hands no more messages to a consumer's function; they wait in its queue, at most 14 days.",
        )
        .action(switching(false)),
    )
    .addCommand(named("resume").description("Hands them to it again.").action(switching(true)))
    .addHelpText(
      "after",
      `
A consumer of the kind queue is read by a program of yours: stop and start that one; pause and resume exit with 2.

Examples:
  webhooks consumers list --stack prod
  webhooks consumers pause reports
  webhooks replay stripe evt_1Q2W3E --consumer billing`,
    );
}
