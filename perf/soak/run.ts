import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { INBOX } from "../../functions/domain/probe";
import { seeded, type FaultProxy } from "../../tests/support/fault-proxy";
import type { Inbox } from "../../tests/support/inbox";
import { startConsumers, type Consumers } from "./consumers";
import { compareDelays, type Compared } from "./delay";
import { injectFaults } from "./faults";
import type { BadServer } from "./http-server";
import { findings, judge, nameOf, owedEvents, type Outcome, type Owed } from "./judge";
import { consumerFindings } from "./judge-consumer";
import { sendAll } from "./send";
import { plan } from "./webhooks";

const DUPLICATES = 0.1;
const POISON = 0.02;
const REJECTED = 0.02;
/** Number of webhooks between two kills of all functions that run. */
const KILL_EVERY = 400;
/** Factor by which waits of the functions are shorter than on AWS, and by which the recovery runs more often. */
const CLOCK = 10;
const RECOVERY_EVERY_MS = 60_000 / CLOCK;
/**
 * Seconds of the queue's visibility timeout here: longer than a function may run, shorter than the 3 minutes of AWS.
 */
const VISIBILITY_SECONDS = 35;
const DRAIN_TIMEOUT_MS = 20 * 60_000;
/** Maximum ratio of the delays of healthy consumers' slowest events, with a bad consumer to without. */
const MOST_DELAY = 1.2;

/** Everything that a soak runs on. */
export interface SoakStack {
  readonly inbox: Inbox;
  readonly proxy: FaultProxy;
  readonly server: BadServer;
}

/** Compares delays without faults, then sends the webhooks under faults, waits until all are through, and judges. */
export async function soak(
  seed: number,
  count: number,
  { inbox, proxy, server }: SoakStack,
  progress: (text: string) => void,
) {
  const random = seeded(seed);
  proxy.forwardTo(inbox.stack.emulator);
  proxy.shortenWaits(CLOCK);
  await shortenVisibility(inbox);
  const consumers = await startConsumers(inbox, server, VISIBILITY_SECONDS);
  const run = `soak-${randomUUID().slice(0, 8)}`;
  progress("the bad consumer's rounds and those without it take turns");
  const compared = await compareDelays(inbox, consumers, `${run}-delay`, random);
  progress(
    `p99 of the healthy consumers: ${compared.beside.p99} ms beside it, ${compared.alone.p99} ms without`,
  );

  const faults = injectFaults(proxy, seed + 1, inbox.stack.emulator.process.pid ?? 0);
  const recovery = recoverEvery(inbox);
  const sendStarted = Date.now();
  const planned = plan(
    run,
    { webhooks: count, duplicates: DUPLICATES, poison: POISON, rejected: REJECTED },
    random,
  );
  const { duplicates, unanswered, ...sent } = await sendAll(inbox, planned, (number) => {
    if (number % 200 === 0) progress(`${number} sent, ${faults.counts.injected} calls failed`);
    if (number % KILL_EVERY === 0) faults.kill();
  });
  const accepted = [...compared.accepted, ...sent.accepted];
  const sentAt = Date.now();
  progress(`all sent in ${seconds(sentAt - sendStarted)}; waiting until the queues are empty`);
  const drained = await drain(inbox, consumers, progress);
  const drainedAt = Date.now();
  faults.stop();
  await recovery.stop();
  await consumers.stop();

  const owed = owedEvents(accepted);
  const deadLetters = await allDeadLetters(inbox);
  const records = await recordsOf(inbox, owed);
  const statuses = new Map([...records].map(([name, record]) => [name, record?.["status"]]));
  const events = await inbox.events.all();
  const judgement = judge(accepted, { events, deadLetters, statuses, unanswered });
  const keys = new Map(owed.map((event) => [nameOf(event), `${event.provider}#${event.key}`]));
  const judgedConsumers = await consumers.judge(events, owed, (repeat) =>
    faults.lostEnd(keys.get(repeat.name) ?? repeat.name, repeat),
  );
  const problems = [
    ...findings(judgement),
    ...judgedConsumers.flatMap(consumerFindings),
    ...delayed(compared),
    ...(server.forged > 0 ? [`${server.forged} calls to the consumer over HTTP were not signed`] : []),
    ...(drained ? [] : [`the queues were not empty after ${seconds(DRAIN_TIMEOUT_MS)}`]),
  ];
  const suspicious = [...judgement.lost, ...judgement.wrongStatus, ...judgement.deadLettered.healthy];
  return {
    webhooks: count,
    duplicatesSent: duplicates,
    attemptsAnsweredWithAnError: [...unanswered.values()].reduce((sum, one) => sum + one, 0),
    ...judgement,
    consumers: judgedConsumers,
    failedDeliveries: [...server.failures.values()].reduce((sum, one) => sum + one, 0),
    delays: { beside: compared.beside, alone: compared.alone },
    faults: faults.counts,
    pauses: events.filter(({ source }) => source === `webhook.${INBOX}`).length,
    clock: CLOCK,
    sendSeconds: (sentAt - sendStarted) / 1000,
    drainSeconds: (drainedAt - sentAt) / 1000,
    problems,
    records: Object.fromEntries(suspicious.map((name) => [name, records.get(name)])),
  };
}

function delayed({ beside, alone }: Compared): readonly string[] {
  if (beside.p99 <= MOST_DELAY * alone.p99) return [];
  return [`healthy consumers wait for the bad one: p99 ${beside.p99} ms beside it, ${alone.p99} ms without`];
}

async function shortenVisibility(inbox: Inbox): Promise<void> {
  const sqs = new SQSClient(inbox.stack.emulator.client);
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: inbox.stack.outputs.sqs_queue_url, Attributes }));
}

/** Runs the recovery as often as its schedule would on a clock as fast as the functions' waits. */
function recoverEvery(inbox: Inbox) {
  const lambda = new LambdaClient(inbox.stack.emulator.client);
  const FunctionName = inbox.stack.outputs.recovery_function_name;
  const stopping = new AbortController();
  const runs = (async () => {
    while (!stopping.signal.aborted) {
      // Ignores a failed or killed run: the next one follows, as on AWS.
      await lambda.send(new InvokeCommand({ FunctionName })).catch(() => undefined);
      await pause(RECOVERY_EVERY_MS, undefined, stopping).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await runs;
    },
  };
}

/** Waits until nothing is queued; returns whether that was reached in time. */
async function drain(inbox: Inbox, consumers: Consumers, progress: (text: string) => void): Promise<boolean> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (let looks = 0; Date.now() < deadline; looks += 1) {
    const queued = await inbox.queued();
    const atConsumers = await consumers.queued();
    if (queued + atConsumers === 0) return true;
    if (looks % 20 === 0) progress(`${queued} are queued, ${atConsumers} at the consumers`);
    await pause(1_000);
  }
  return false;
}

/** Returns all dead letters, including those that the recovery function is reading, which hides them. */
async function allDeadLetters(inbox: Inbox): Promise<Outcome["deadLetters"]> {
  const deadLetters: Outcome["deadLetters"][number][] = [];
  for (;;) {
    for (const { Body } of await inbox.deadLetters())
      deadLetters.push(JSON.parse(Body ?? "{}") as Outcome["deadLetters"][number]);
    if ((await inbox.deadLetterCount()) === 0) return deadLetters;
    await pause(500);
  }
}

async function recordsOf(inbox: Inbox, owed: readonly Owed[]) {
  const records = new Map<string, Awaited<ReturnType<Inbox["record"]>>>();
  for (const event of owed) records.set(nameOf(event), await inbox.record(event.provider, event.key));
  return records;
}

/** Formats milliseconds as whole seconds. */
function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(0)} s`;
}
