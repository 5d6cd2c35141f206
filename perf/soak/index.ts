import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CACHE } from "../../local/paths";
import {
  breakAfter,
  breakBefore,
  hang,
  seeded,
  serverError,
  startFaultProxy,
  throttled,
  unavailable,
  type Fault,
  type FaultProxy,
} from "../../tests/support/fault-proxy";
import { startInbox, type Inbox } from "../../tests/support/inbox";
import { findings, judge, nameOf, owedEvents, type Outcome } from "./judge";
import { print, seconds } from "./report";
import { sendAll } from "./send";
import { plan, PROVIDERS } from "./webhooks";
import { functionWorkers } from "../../tests/support/function-workers";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const HELP = `Sends webhooks of nine providers through the whole inbox on a local AWS, with duplicates and poison among them,
while calls to AWS fail and functions are killed, and says what became of each event. Every rule by which an event
is known is among them, and a provider whose requests hold several events and are split.

  npm run soak [-- --seed N] [--webhooks N] [--json]

  --seed N       faults, duplicates and poison of another run again (default: a new one, printed)
  --webhooks N   how many, besides duplicates (default 2000)
  --json         the result as JSON on standard output; it is also written to .cache/soak-<seed>.json

Exit code 0 only if nothing is lost, out of order or published twice, and just the poison events are dead-lettered.`;

const DUPLICATES = 0.1;
const POISON = 0.02;
const FAULTS = 0.05;
/** Webhooks between two kills of all functions that run. */
const KILL_EVERY = 400;
/** Waits of the functions are this much shorter than in AWS. */
const CLOCK = 10;
/** The queue's visibility timeout here: longer than a function may run, shorter than the 3 minutes of AWS. */
const VISIBILITY_SECONDS = 35;
const DRAIN_TIMEOUT_MS = 20 * 60_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      webhooks: { type: "string", default: "2000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const count = Number(values.webhooks);
  if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1)
    throw new Error("--seed and --webhooks take whole numbers");

  const progress = (text: string) => console.error(`  ${text}`);
  progress(`seed ${seed}: ${count} webhooks, the local AWS starts`);
  const proxy = await startFaultProxy();
  const inbox = await startInbox({
    functionsEndpoint: proxy.endpoint,
    config: { providers: PROVIDERS, throttleBurstLimit: 5_000, throttleRateLimit: 10_000 },
  });
  try {
    const result = { seed, ...(await soak(seed, count, inbox, proxy, progress)) };
    mkdirSync(CACHE, { recursive: true });
    const file = join(CACHE, `soak-${seed}.json`);
    writeFileSync(file, JSON.stringify(result, null, 2));
    if (values.json) console.log(JSON.stringify(result));
    else print(result, file);
    return result.problems.length === 0 ? 0 : 1;
  } finally {
    await inbox.close();
    await proxy.close();
  }
}

/** Sends the webhooks under faults, waits until all are processed, and judges what became of them. */
async function soak(
  seed: number,
  count: number,
  inbox: Inbox,
  proxy: FaultProxy,
  progress: (text: string) => void,
) {
  const random = seeded(seed);
  proxy.forwardTo(inbox.stack.emulator);
  proxy.shortenWaits(CLOCK);
  await shortenVisibility(inbox);
  const faults = { injected: 0, calls: 0, killed: 0 };
  const faultRandom = seeded(seed + 1);
  proxy.decide(() => {
    faults.calls += 1;
    if (faultRandom() >= FAULTS) return undefined;
    faults.injected += 1;
    return FAULT_KINDS[Math.floor(faultRandom() * FAULT_KINDS.length)];
  });

  const sendStarted = Date.now();
  const run = `soak-${randomUUID().slice(0, 8)}`;
  const planned = plan(run, { webhooks: count, duplicates: DUPLICATES, poison: POISON }, random);
  const { accepted, duplicates, unanswered } = await sendAll(inbox, planned, (sent) => {
    if (sent % 200 === 0) progress(`${sent} sent, ${faults.injected} calls failed`);
    if (sent % KILL_EVERY !== 0) return;
    for (const pid of functionWorkers(inbox.stack.emulator.process.pid ?? 0)) {
      process.kill(pid, "SIGKILL");
      faults.killed += 1;
    }
  });
  const sentAt = Date.now();
  progress(`all sent in ${seconds(sentAt - sendStarted)}; waiting until the queue is empty`);
  const owed = owedEvents(accepted);
  const drained = await drain(inbox, owed.length, progress);
  const drainedAt = Date.now();
  proxy.decide(() => undefined);

  const deadLetters = await allDeadLetters(inbox);
  const records = new Map<string, Awaited<ReturnType<Inbox["record"]>>>();
  for (const event of owed) records.set(nameOf(event), await inbox.record(event.provider, event.key));
  const statuses = new Map([...records].map(([name, record]) => [name, record?.["status"]]));
  const judgement = judge(accepted, {
    events: await inbox.events.all(),
    deadLetters,
    statuses,
    unanswered,
  });
  const problems = [
    ...findings(judgement),
    ...(drained ? [] : [`the queue was not empty after ${seconds(DRAIN_TIMEOUT_MS)}`]),
  ];
  const suspicious = [...judgement.lost, ...judgement.wrongStatus, ...judgement.deadLettered.healthy];
  return {
    webhooks: count,
    duplicatesSent: duplicates,
    attemptsAnsweredWithAnError: [...unanswered.values()].reduce((sum, one) => sum + one, 0),
    ...judgement,
    faults,
    clock: CLOCK,
    sendSeconds: (sentAt - sendStarted) / 1000,
    drainSeconds: (drainedAt - sentAt) / 1000,
    problems,
    records: Object.fromEntries(suspicious.map((name) => [name, records.get(name)])),
  };
}

const FAULT_KINDS: readonly Fault[] = [
  serverError,
  unavailable,
  throttled,
  breakBefore,
  breakAfter,
  hang,
  { kind: "delay", milliseconds: 1_000 },
];

async function shortenVisibility(inbox: Inbox): Promise<void> {
  const sqs = new SQSClient(inbox.stack.emulator.client);
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: inbox.stack.outputs.sqs_queue_url, Attributes }));
}

/** Waits until nothing is queued; says whether that came about in time. */
async function drain(inbox: Inbox, count: number, progress: (text: string) => void): Promise<boolean> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (let looks = 0; Date.now() < deadline; looks += 1) {
    const queued = await inbox.queued();
    if (queued === 0) return true;
    if (looks % 20 === 0) progress(`${queued} of ${count} are queued`);
    await pause(1_000);
  }
  return false;
}

/** Returns all of them, also those that the recovery function just reads and so hides. */
async function allDeadLetters(inbox: Inbox): Promise<Outcome["deadLetters"]> {
  const deadLetters: Outcome["deadLetters"][number][] = [];
  for (;;) {
    for (const { Body } of await inbox.deadLetters())
      deadLetters.push(JSON.parse(Body ?? "{}") as Outcome["deadLetters"][number]);
    if ((await inbox.deadLetterCount()) === 0) return deadLetters;
    await pause(500);
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
