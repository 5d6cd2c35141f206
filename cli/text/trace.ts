import { outcomeIn, placeIn, visitsOf } from "../../inbox/trace/graph";
import {
  DIFFERENCE,
  durationMs,
  elapsed,
  type Execution,
  type StateVisit,
  type Step,
  type Trace,
} from "../../inbox/trace/model";
import type { WebhookRecord } from "../../inbox/records/record";
import { pc } from "../../terminal/colours";
import { sanitize } from "../../terminal/output";
import { statusText } from "./status";

/** A line of the tree, and the branches below it. */
interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/**
 * Returns a trace as a tree: what happened to the webhook in the order of time, and below each attempt the states of
 * its execution.
 * @param details whether to print everything else that is known of each step, too
 */
export function traceText({ webhook, steps, executions, gaps }: Trace, details: boolean): string {
  const { provider, id, type, status } = webhook;
  const began = steps[0]?.at ?? webhook.receivedAt;
  const branches = steps.map((step): Branch => {
    const execution = executions.find(({ arn }) => arn === step.executionArn);
    return {
      text: stepText(step, began),
      below: [
        ...factsBelow(step, details),
        ...(execution ? [executionBranch(execution, placeIn(execution, webhook), webhook)] : []),
      ],
    };
  });
  return [
    `${pc.bold(id)}  ${provider}  ${sanitize(type)}  ${statusText(status)}  ${pc.dim(began)}`,
    ...branches.flatMap((branch, index) => draw(branch, "", index === branches.length - 1)),
    ...gaps.map((gap) => pc.red(`Could not be read. ${gap}`)),
  ].join("\n");
}

function draw({ text, below }: Branch, indent: string, last: boolean): string[] {
  const inner = `${indent}${last ? "   " : "│  "}`;
  return [
    `${pc.dim(`${indent}${last ? "└─" : "├─"}`)} ${text}`,
    ...below.flatMap((branch, index) => draw(branch, inner, index === below.length - 1)),
  ];
}

const TONES = { good: pc.green, bad: pc.red, neutral: (text: string) => text } as const;

/** Width of a column of times such as `+119.9 s`. */
const ELAPSED_WIDTH = 8;

function stepText({ at, title, tone, facts }: Step, began: string): string {
  const time = `+${elapsed(durationMs(began, at))}`.padStart(ELAPSED_WIDTH);
  const said = facts["error"] ?? facts["rules that match"] ?? facts[DIFFERENCE] ?? sentTo(facts);
  return `${pc.dim(time)}  ${TONES[tone](title)}${said === undefined ? "" : `  ${sanitize(said)}`}`;
}

function sentTo({ consumers, undelivered }: Step["facts"]): string | undefined {
  return consumers && `to ${consumers}${undelivered === undefined ? "" : `; not taken: ${undelivered}`}`;
}

/** Names of facts that the step's own line contains already. */
const SHOWN_INLINE = ["error", "rules that match", DIFFERENCE, "consumers", "undelivered"];

function factsBelow({ facts }: Step, details: boolean): Branch[] {
  if (!details) return [];
  return Object.entries(facts)
    .filter(([name]) => !SHOWN_INLINE.includes(name))
    .map(([name, value]) => ({ text: `${pc.dim(name)} ${sanitize(value)}`, below: [] }));
}

function executionBranch(execution: Execution, item: number, webhook: WebhookRecord): Branch {
  const { name, startedAt, endedAt, status, error } = execution;
  const took = elapsed(durationMs(startedAt, endedAt));
  const outcome = outcomeIn(execution, placeIn(execution, webhook)) ?? status;
  const visits = [...visitsOf(execution, item).values()];
  return {
    text: `${name}  ${took}  ${statusText(outcome)}${error ? `  ${pc.red(error.code)}` : ""}`,
    below: visits.map((visit) => ({ text: visitText(visit), below: [] })),
  };
}

function visitText({ name, type, enteredAt, exitedAt, retries, error }: StateVisit): string {
  const took = pc.dim(`${type}, ${elapsed(durationMs(enteredAt, exitedAt))}`);
  const again = retries > 0 ? pc.yellow(`, ${retries + 1} attempts`) : "";
  return `${name}  ${took}${again}${error ? `  ${pc.red(error.code)} ${sanitize(error.message)}` : ""}`;
}
