import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { print } from "../../terminal/output";
import { table } from "../../terminal/table";
import { connect } from "../../inbox/connect";
import { consumerState, consumerStates, pause, resume, type ConsumerState } from "../../inbox/consumers";
import { count } from "../../inbox/text";
import { consumerText } from "../text/consumer";
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
  print(options, consumer, () => consumerText(consumer, Date.now()));
}

async function stop(name: string, options: StackOptions): Promise<void> {
  const state = await pause(name, await connect(options));
  print(options, { consumer: name, state }, () => `${name}: ${state}.`);
}

async function start(name: string, options: StackOptions): Promise<void> {
  const { state, triedAtOnce } = await resume(name, await connect(options));
  const waited =
    triedAtOnce > 0
      ? ` ${count(triedAtOnce, "event")} that waited for another attempt ${triedAtOnce === 1 ? "is" : "are"} tried now.`
      : "";
  print(options, { consumer: name, state, triedAtOnce }, () => `${name}: ${state}.${waited}`);
}

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
    .addCommand(
      named("show")
        .description("Shows one consumer: its state, what waits for another attempt and why, its queues.")
        .action(show),
    )
    .addCommand(
      named("pause")
        .description(
          "Hands no more messages to a consumer's function; they wait in its queue, at most 14 days.",
        )
        .action(stop),
    )
    .addCommand(
      named("resume")
        .description("Hands them to it again, and tries at once what waits for its next attempt.")
        .action(start),
    )
    .addHelpText(
      "after",
      `
A consumer of the kind queue is read by a program of yours: stop and start that one; pause and resume exit with 2.

Examples:
  webhooks consumers list --stack prod
  webhooks consumers pause reports
  webhooks consumers resume crm
  webhooks dlq redrive --consumer crm --all
  webhooks replay stripe evt_1Q2W3E --consumer billing`,
    );
}
