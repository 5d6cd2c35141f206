import { Command } from "commander";
import type { WebhookRecord } from "../../inbox/records/record";
import { prettyJson } from "../../inbox/pretty-json";
import { readPayload } from "../../inbox/payloads";
import { pc } from "../../terminal/colours";
import { UsageError } from "../../inbox/errors";
import { findWebhook } from "../../inbox/records/find";
import { connectTo, withStackOptions, type OneWebhookOptions } from "../options/stack";
import { sanitize, isPrintable, print } from "../../terminal/output";
import { age, count } from "../../inbox/text";
import { readDeliveries, type ConsumerDelivery } from "../../inbox/trace/deliveries";
import { outcomeText } from "../text/consumer";
import { statusText } from "../text/status";

interface Options extends OneWebhookOptions {
  readonly payload?: true;
  readonly force?: true;
}

async function show(id: string, options: Options): Promise<void> {
  const inbox = await connectTo(options);
  const webhook = await findWebhook(inbox, id, options.provider);
  const [payload, deliveries] = await Promise.all([
    readPayload(inbox, webhook),
    readDeliveries(inbox, webhook),
  ]);
  if (options.payload) {
    if (!payload) throw new Error(gone(webhook));
    if (process.stdout.isTTY && !options.force && !isPrintable(payload))
      throw new UsageError(NOT_ON_TERMINAL);
    process.stdout.write(payload);
    return;
  }
  const text = payload?.toString();
  print(options, { ...webhook, deliveries, payload: text ?? null }, () =>
    [
      ...fields(webhook, deliveries, Date.now()),
      "",
      text === undefined ? pc.red(gone(webhook)) : sanitize(prettyJson(text), "\n\t"),
    ].join("\n"),
  );
}

const DONE = {
  replay: "Replayed",
  redrive: "Redriven",
  release: "Released",
  discard: "Discarded",
  erase: "Erased",
} as const;

const gone = ({ status }: WebhookRecord) =>
  status === "erased"
    ? "The payload was erased."
    : "The payload is not in the bucket: it was removed, or is in Glacier and has to be restored first.";

const NOT_ON_TERMINAL =
  "The payload holds bytes that could rewrite this terminal. Write it to a file or a pipe, or give --force.";

function deliveryText({ status, replay, attempts, at, ...outcome }: ConsumerDelivery): string {
  const text = status === "delivered" ? status : pc.red(status.replaceAll("_", "-"));
  const number = replay > 0 ? `, replay ${replay}` : "";
  if (attempts === undefined) return `${text}${number}`;
  return `${text}${number}, ${count(attempts, "attempt")}, ${outcomeText(outcome)} at ${at ?? "-"}`;
}

function fields(webhook: WebhookRecord, deliveries: readonly ConsumerDelivery[], now: number): string[] {
  const { receivedAt, attempts, error, operations } = webhook;
  const lines: [string, string | undefined][] = [
    ["Event", webhook.id],
    ["Key", webhook.key === webhook.id ? undefined : webhook.key],
    ["Provider", webhook.provider],
    ["Type", sanitize(webhook.type)],
    ["Status", statusText(webhook.status)],
    ["Received", `${receivedAt} (${age(now - Date.parse(receivedAt))} ago)`],
    ["Requests", attempts > 1 ? `${attempts}, the last ${webhook.lastReceivedAt ?? "-"}` : undefined],
    ["Happened", webhook.time],
    ["Published", webhook.publishedAt],
    ["Failed", webhook.failedAt],
    ["Dead-lettered", webhook.deadLetteredAt],
    ["Error", error && `${pc.red(error.code)}: ${sanitize(error.message)}`],
    ["Attempts", webhook.failures > 0 ? `${webhook.failures} failed` : undefined],
    ["Undelivered", webhook.undelivered && pc.red(webhook.undelivered.join(", "))],
    ...deliveries
      .filter(({ status }) => status !== "undelivered")
      .map((delivery): [string, string] => [`At ${delivery.consumer}`, deliveryText(delivery)]),
    ["Replay", webhook.replay > 0 ? String(webhook.replay) : undefined],
    ...operations.map(({ kind, at, replay, consumer, by, reason }): [string, string] => [
      DONE[kind],
      `${at}${replay === undefined ? "" : `, number ${replay}`}${consumer === undefined ? "" : `, ${kind === "discard" ? "of" : "to"} ${consumer}`}${by === undefined ? "" : ` by ${sanitize(by)}: ${sanitize(reason ?? "")}`}`,
    ]),
    ["Group", webhook.group],
    ["Execution", webhook.executionArn],
    [
      "Payload",
      webhook.s3Key && `${webhook.size ?? "?"} bytes of ${webhook.contentType ?? "?"} at ${webhook.s3Key}`,
    ],
  ];
  return lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`${pc.bold(name.padEnd(10))} ${value}`],
  );
}

/** `webhooks show <id>` */
export function showCommand(): Command {
  const command = new Command("show")
    .description("Shows one webhook: its record and its payload.")
    .argument("<id>", "event id or the beginning of one, or the key of one of several webhooks that have it")
    .option("--provider <name>", "provider, if more than one sent this id")
    .option("--payload", "only the payload, byte for byte as it was received")
    .option("--force", "with --payload: also to a terminal that its control characters could rewrite")
    .addHelpText(
      "after",
      `
Examples:
  webhooks show evt_1Q2W3E
  webhooks show evt_1Q2W3E --payload > body.json
  webhooks show evt_1Q2W3E --json --stack prod | jq .status`,
    );
  return withStackOptions(command).action(show);
}
