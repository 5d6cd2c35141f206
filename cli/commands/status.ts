import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { Command } from "commander";
import { COUNTED, readCounts, type Counts } from "../../inbox/metrics";
import { isRaised, readAlarms } from "../../inbox/alarms";
import { readEventSource } from "../../inbox/event-source";
import { ageOfOldest, queueDepths } from "../../inbox/queue";
import { providerPauses, type ProviderPause } from "../../inbox/pauses";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { withStackOptions, type StackOptions } from "../options/stack";
import { print, sanitize } from "../../terminal/output";
import { age, count } from "../../inbox/text";
import { isBlocking, secretIssues } from "../../inbox/secret-issues";
import { readCauses, type Cause, type Causes } from "../../inbox/causes";
import { connect } from "../../inbox/connect";
import { describeReconciliation, readReconciliations } from "../../inbox/reconciliations";

/** Milliseconds that looking for causes may take. */
const CAUSES_TIMEOUT_MS = 20_000;

interface Options extends StackOptions {
  readonly exitCode?: true;
}

async function status(options: Options): Promise<void> {
  const inbox = await connect(options);
  const [{ queue, deadLetters }, mapping, oldest, watched, counts, secrets, reconciliations, pauses, causes] =
    await Promise.all([
      queueDepths(inbox),
      readEventSource(inbox),
      ageOfOldest(inbox),
      readAlarms(inbox),
      readCounts(inbox, 60),
      secretIssues(inbox),
      readReconciliations(inbox, Date.now()),
      providerPauses(inbox),
      readCauses(inbox, AbortSignal.timeout(CAUSES_TIMEOUT_MS)),
    ]);
  const alarms = watched.filter(isRaised).map(asJson);
  const processor = {
    state: mapping?.State ?? "missing",
    lastResult: mapping?.LastProcessingResult ?? null,
  };
  const dead = deadLetters.waiting + deadLetters.inFlight;
  const problems = [
    ...(dead > 0 ? ["dead letters"] : []),
    ...(processor.state === "Enabled" ? [] : [`the processor is ${processor.state}`]),
    ...secrets.filter(isBlocking).map(({ provider, state }) => `the secret of ${provider} is ${state}`),
    ...reconciliations
      .filter(({ failing }) => failing)
      .map(({ provider }) => `the reconciliation of ${provider} fails`),
    ...alarms.map(({ name }) => name),
  ];
  const accepted = acceptedBy(counts);
  const value = {
    healthy: problems.length === 0,
    queue: { ...queue, oldestSeconds: oldest ?? null },
    deadLetters,
    processor,
    pauses,
    causes,
    secrets,
    reconciliations,
    lastHour: sums(counts),
    accepted,
    alarms: { watched: inbox.outputs.alarm_names.length, raised: alarms },
  };
  print(options, value, () => {
    const { accepted: all, published, failed, rejected, secretunusable } = value.lastHour;
    const rows = [
      ["queue", `${queue.waiting} waiting, ${queue.inFlight} being processed`],
      ["oldest", oldest === undefined ? "no data" : age(oldest * 1_000)],
      ["dead letters", dead > 0 ? pc.red(String(dead)) : pc.green("0")],
      ["processor", processor.state === "Enabled" ? pc.green(processor.state) : pc.red(processor.state)],
      ...pauses.map((pause) => [pause.provider, pc.yellow(pausedText(pause))]),
      ...(processor.lastResult === null ? [] : [["last result", processor.lastResult]]),
      [
        "last hour",
        `${all} accepted, ${published} published, ${failed > 0 ? pc.red(`${failed} failed attempts`) : "0 failed attempts"}, ${rejected} rejected`,
      ],
      ...(accepted.length > 1
        ? [["", accepted.map(({ provider, number }) => `${provider} ${number}`).join(", ")]]
        : []),
      ...(secretunusable > 0
        ? [["", pc.red(`${secretunusable} answered 503, since there was no usable secret`)]]
        : []),
      ...secrets.map((issue) => [
        `secret of ${issue.provider}`,
        `${(isBlocking(issue) ? pc.red : pc.yellow)(issue.state)} ${issue.detail}`,
      ]),
      ...reconciliations.map((state) => [
        `reconciliation of ${state.provider}`,
        (state.failing ? pc.red : pc.green)(describeReconciliation(state)),
      ]),
      ...causesRows(causes),
      ["alarms", alarms.length === 0 ? pc.green(`none of ${value.alarms.watched}`) : ""],
      ...alarms.map(({ name, description }) => ["", `${pc.red(name)} ${description}`]),
    ];
    return table(["WHAT", "STATE"], rows);
  });
  if (options.exitCode && problems.length > 0) process.exitCode = 1;
}

/** Returns the causes as rows of the table, and what they leave out. */
function causesRows({ causes, unread, more }: Causes): string[][] {
  const late = pc.yellow(`not all read within ${CAUSES_TIMEOUT_MS / 1_000} s, and left out here`);
  return [
    ...causes.flatMap(causeRows),
    ...unread.map((kind) => [kind, late]),
    ...(more ? [["", "There are older ones; only the newest of each kind are counted."]] : []),
  ];
}

/** Returns a cause as rows of the table: what, since when, and the command that fixes it. */
function causeRows(cause: Cause): string[][] {
  const { kind, provider, rule, error, detail, count: number, first, last, sample, fix } = cause;
  const since = age(Date.now() - Date.parse(first));
  const latest = age(Date.now() - Date.parse(last));
  const whose = rule === undefined ? `of ${provider}` : `by targets of ${sanitize(rule)}`;
  const why = rule === undefined ? sanitize(error) : `${sanitize(error)} ${sanitize(detail)}`;
  const what = `${number} ${whose}: ${why}, first ${since} ago, last ${latest} ago (${sanitize(sample)})`;
  return [
    [kind.replace("_", "-"), kind === "failed" ? pc.yellow(what) : pc.red(what)],
    ["", sanitize(fix)],
  ];
}

function pausedText({ state, since, by, reason, held }: ProviderPause): string {
  if (state === "resuming") return `resumes, ${count(held, "webhook")} still held`;
  const who = by === undefined ? "" : ` by ${sanitize(by)}`;
  const why = reason === undefined ? "" : `: ${sanitize(reason)}`;
  return `paused for ${age(Date.now() - Date.parse(since))}${who}${why}; ${count(held, "webhook")} held`;
}

/** Returns how many webhooks of each provider were accepted, the largest number first. */
function acceptedBy({ providers }: Counts) {
  return providers
    .map(({ name: provider, counts }) => ({ provider, number: counts.Accepted }))
    .filter(({ number }) => number > 0)
    .sort((a, b) => b.number - a.number);
}

/** Returns the number of webhooks of all providers by outcome; `failed` counts attempts. */
function sums({ series }: Counts): Record<Lowercase<(typeof COUNTED)[number]>, number> {
  const entries = COUNTED.map((name) => [
    name.toLowerCase(),
    series[name].reduce((sum, value) => sum + value, 0),
  ]);
  return Object.fromEntries(entries) as Record<Lowercase<(typeof COUNTED)[number]>, number>;
}

function asJson({ AlarmName, AlarmDescription, StateReason, StateUpdatedTimestamp }: MetricAlarm) {
  return {
    name: AlarmName ?? "",
    description: AlarmDescription ?? "",
    reason: StateReason ?? "",
    since: StateUpdatedTimestamp?.toISOString() ?? null,
  };
}

/** `webhooks status` */
export function statusCommand(): Command {
  const command = new Command("status")
    .description(
      "Shows how the inbox is doing: queue, dead letters, processor, secrets, the last hour, alarms.",
    )
    .option(
      "--exit-code",
      "exit code 1 if there are dead letters, a raised alarm, a provider without a usable secret, a reconciliation that fails, or a processor that is off",
    )
    .addHelpText(
      "after",
      `
The numbers are SQS's approximate ones; ages and counts come from CloudWatch, a minute or two late. A webhook is dead-lettered after three failed attempts. Secrets are read to see whether there is a usable one, and never shown; a provider
whose secret is missing or malformed has all its webhooks answered 503. On AWS one look reads seven metrics per provider, $0.01 for a thousand of them.

Examples:
  webhooks status
  webhooks status --stack prod --json
  webhooks status --stack prod --exit-code > /dev/null || page-someone`,
    );
  return withStackOptions(command).action(status);
}
