import type { DeliveryLine } from "../../functions/domain/log-line";
import type { ConsumerState } from "../../inbox/consumers";
import type { Delivery } from "../../inbox/deliveries";
import { shortIds } from "../../inbox/short-ids";
import { age } from "../../inbox/text";
import { pc } from "../../terminal/colours";
import { sanitize } from "../../terminal/output";
import { table } from "../../terminal/table";

/**
 * Describes a consumer, with the commands that make waiting messages continue. @param now milliseconds since the epoch
 */
export function consumerText(consumer: ConsumerState, now: number): string {
  const { name, kind, when, state, pausedBecause, backlog, deadLetters, retrying = [] } = consumer;
  const dead = deadLetters && deadLetters.waiting + deadLetters.inFlight;
  const { oldestSeconds, lastDelivery, lastError } = consumer;
  const lines: [string, string | undefined][] = [
    ["Consumer", name],
    ["Kind", kind],
    ["When", when ?? "all events"],
    ["State", pausedBecause === undefined ? state : pc.red(`${state}: ${pausedBecause}`)],
    [
      "Waiting",
      `${backlog?.waiting ?? "-"}, in flight ${backlog?.inFlight ?? "-"}${oldestSeconds === undefined ? "" : `, the oldest ${age(oldestSeconds * 1_000)}`}`,
    ],
    ["Dead letters", dead ? pc.red(String(dead)) : String(dead ?? "-")],
    ["Last delivery", lastDelivery && attempted(lastDelivery, now)],
    ["Last error", lastError && attempted(lastError, now)],
    ["Queue", consumer.queueUrl],
    ["Dead-letter queue", consumer.deadLetterQueueUrl],
  ];
  return [
    ...lines.flatMap(([label, value]) =>
      value === undefined ? [] : [`${pc.bold(label.padEnd(18))} ${value}`],
    ),
    ...retryingText(name, retrying, now),
  ].join("\n");
}

function attempted({ at, provider, id, ...outcome }: DeliveryLine, now: number): string {
  return `${age(now - Date.parse(at))} ago, ${provider} ${sanitize(id)}: ${outcomeText(outcome)}`;
}

/** Describes what a consumer answered, or why it did not. */
export function outcomeText({ statusCode, error }: Pick<Delivery, "statusCode" | "error">): string {
  return statusCode === undefined ? sanitize(error ?? "no answer") : `status ${statusCode}`;
}

function retryingText(name: string, retrying: readonly Delivery[], now: number): string[] {
  if (retrying.length === 0) return [];
  const short = shortIds(retrying.map(({ key }) => key));
  const rows = retrying.map(({ provider, key, attempts, nextAt, ...outcome }) => [
    provider,
    sanitize(short.get(key) ?? key),
    String(attempts),
    pc.red(outcomeText(outcome)),
    nextAt === undefined ? "-" : inTime(Date.parse(nextAt) - now),
  ]);
  return [
    "",
    "Waiting for another attempt, and those of its group behind each:",
    table(["PROVIDER", "ID", "ATTEMPTS", "ANSWER", "NEXT"], rows),
    "",
    `Once the cause is fixed, \`webhooks consumers resume ${name}\` tries them at once.`,
    `\`webhooks dlq discard <id> --consumer ${name} --reason <text>\` gives one up, and those behind it go on.`,
  ];
}

function inTime(ms: number): string {
  return ms <= 0 ? "now" : `in ${age(ms)}`;
}
