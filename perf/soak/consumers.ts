import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { INBOX } from "../../functions/domain/probe";
import { queueDepth } from "../../inbox/queue";
import { drainQueue, type BusEvent, type Inbox } from "../../tests/support/inbox";
import type { BadServer } from "./http-server";
import { nameOf, type Owed } from "./judge";
import { judgeConsumer, type ConsumerJudgement, type ConsumerOutcome, type Repeat } from "./judge-consumer";
import { startQueueReader } from "./queue-reader";

/** Name of the consumer over HTTP, whose server fails; the other consumers read their queues by themselves. */
export const BAD = "crm";

/** Number of calls for one event before it is dead-lettered. */
const MAX_ATTEMPTS = 6;

/** Milliseconds for which a FIFO queue drops duplicates. */
const DEDUPLICATION_MS = 300_000;

interface SoakData {
  readonly rejected?: boolean;
  readonly quiet?: boolean;
}

const MAILED = ["sendgrid", "shopify", "slack"];

/** What each consumer wants, by its name, as code; {@link consumersAt} has the same as expressions. */
const WANTS: Readonly<Record<string, (provider: string, data: SoakData) => boolean>> = {
  ledger: () => true,
  mailer: (provider) => MAILED.includes(provider),
  [BAD]: (_, data) => data.quiet !== true,
};

/** Returns the consumers that the stack is configured with. @param url URL of the bad consumer's server */
export function consumersAt(url: string): readonly object[] {
  return [
    { name: "ledger", queue: {} },
    { name: "mailer", when: `provider in [${MAILED.map((name) => `'${name}'`).join()}]`, queue: {} },
    {
      name: BAD,
      when: "$exists(dataref) or $not($exists(data.quiet))",
      http: {
        url,
        secret: { ssm: `/webhook-inbox/local/consumer-${BAD}` },
        timeoutSeconds: 2,
        maxAttempts: MAX_ATTEMPTS,
      },
    },
  ];
}

export type Consumers = Awaited<ReturnType<typeof startConsumers>>;

/**
 * Starts the readers of the queues. @param visibilitySeconds visibility timeout of the queue of the bad consumer, whose
 * functions are killed
 */
export async function startConsumers(inbox: Inbox, server: BadServer, visibilitySeconds: number) {
  const sqs = new SQSClient(inbox.stack.emulator.client);
  const queues = inbox.stack.outputs.consumer_queues;
  const queueOf = (name: string) => {
    const queue = queues[name];
    if (!queue) throw new Error(`the stack has no consumer ${name}`);
    return queue;
  };
  const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueOf(BAD).queue_url, Attributes }));
  server.secret = inbox.stack.consumerSecrets[BAD] ?? "";
  const readers = new Map(
    ["ledger", "mailer"].map((name) => [name, startQueueReader(queueOf(name).queue_url, sqs)] as const),
  );
  const handledBy = (name: string) => readers.get(name)?.handled ?? server.handled;

  return {
    /** Returns the events that each healthy consumer handled. */
    healthy: () => [...readers.values()].map(({ handled }) => handled),

    /** Returns the number of messages in all their queues, including ones in flight. */
    async queued(): Promise<number> {
      const depths = await Promise.all(
        Object.keys(WANTS).map((name) => queueDepth(queueOf(name).queue_url, sqs)),
      );
      return depths.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
    },

    /**
     * Judges each consumer after all events are through.
     * @param mayRepeat returns whether a crash came between two deliveries over HTTP
     */
    async judge(
      events: readonly BusEvent[],
      owed: readonly Owed[],
      mayRepeat: (repeat: Repeat) => boolean,
    ): Promise<readonly ConsumerJudgement[]> {
      const published = publishedIn(events);
      const judged: ConsumerJudgement[] = [];
      for (const [consumer, wants] of Object.entries(WANTS)) {
        const dead = await drainQueue(queueOf(consumer).dlq_url, sqs);
        const wanted = published.filter(({ provider, data }) => wants(provider, data));
        const outcome: ConsumerOutcome = {
          consumer,
          wanted: new Set(wanted.map(nameOf)),
          rejected: new Set(wanted.filter(({ data }) => data.rejected).map(nameOf)),
          handled: handledBy(consumer),
          deadLetters: dead.map(({ Body }) =>
            nameOf(JSON.parse(Body ?? "{}") as { provider: string; id: string }),
          ),
          exhausted: consumer === BAD ? failedOften(server) : new Set(),
          mayRepeat: (repeat) =>
            repeat.second - repeat.first >= DEDUPLICATION_MS || (consumer === BAD && mayRepeat(repeat)),
        };
        judged.push(judgeConsumer(outcome, owed));
      }
      return judged;
    },

    async stop(): Promise<void> {
      await Promise.all([...readers.values()].map((reader) => reader.stop()));
      sqs.destroy();
    },
  };
}

function publishedIn(events: readonly BusEvent[]) {
  return events
    .map(({ source, detail }) => {
      const { id, data = {} } = detail;
      return { provider: source.replace("webhook.", ""), id, data: data as SoakData };
    })
    .filter(({ provider }) => provider !== INBOX);
}

function failedOften({ failures }: BadServer): ReadonlySet<string> {
  return new Set([...failures].filter(([, times]) => times >= MAX_ATTEMPTS).map(([name]) => name));
}
