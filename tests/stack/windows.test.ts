import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import {
  breakAfter,
  breakBefore,
  killAfter,
  killBefore,
  serverError,
  startFaultProxy,
  throttled,
  type Fault,
  type FaultProxy,
} from "../support/fault-proxy";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(60_000);

/** Seconds; in AWS it is 180. What a killed function had comes again after that. */
const VISIBILITY = 4;

let proxy: FaultProxy;
let inbox: Inbox;
beforeAll(async () => {
  proxy = await startFaultProxy();
  inbox = await startInbox({
    functionsEndpoint: proxy.endpoint,
    config: {
      providers: [
        {
          name: "acme",
          scheme: "hmac-sha256",
          secret: { ssm: "/webhook-inbox/local/acme" },
          transform: "data.poison ? $error('poison') : data",
        },
      ],
    },
  });
  proxy.forwardTo(inbox.stack.emulator);
  proxy.shortenWaits(20);
  await new SQSClient(inbox.stack.emulator.client).send(
    new SetQueueAttributesCommand({
      QueueUrl: inbox.stack.outputs.sqs_queue_url,
      Attributes: { VisibilityTimeout: String(VISIBILITY) },
    }),
  );
}, 120_000);
afterAll(async () => {
  await inbox?.close();
  await proxy?.close();
});
afterEach(() => proxy.decide(() => undefined));

const FAULTS: readonly (readonly [string, Fault])[] = [
  ["is rejected", serverError],
  ["is throttled", throttled],
  ["breaks before it takes effect", breakBefore],
  ["breaks after it took effect", breakAfter],
  ["is the last thing before the process dies", killAfter],
  ["is where the process dies", killBefore],
];

/** Lets the next `times` calls of an action fail. */
function fail(action: string, fault: Fault, times = 1): () => number {
  let left = times;
  proxy.decide((call) => {
    if (call.action !== action || left === 0) return undefined;
    left -= 1;
    return fault;
  });
  return () => times - left;
}

/** Posts until it is answered 2xx, as providers do. @returns the event's id and the answers on the way */
async function sendUntilTaken(payload: Record<string, unknown>): Promise<{ id: string; answers: number[] }> {
  const answers: number[] = [];
  return until("the webhook to be taken", async () => {
    const reply = await inbox.send("acme", payload, { type: "thing.made" });
    answers.push(reply.status);
    return reply.status < 300 && { id: String(reply.json["id"]), answers };
  });
}

const payload = (more: Record<string, unknown> = {}) => ({ unique: randomUUID(), ...more });

async function expectPublishedOnce(id: string): Promise<void> {
  await inbox.events.next(id, 40_000);
  await until("the record", async () => (await inbox.record("acme", id))?.["status"] === "published");
  await inbox.emptied();
  expect(await inbox.events.of(id)).toHaveLength(1);
}

describe.each(["S3.PutObject", "DynamoDB.UpdateItem", "SQS.SendMessage"])("ingestion: %s", (action) => {
  test.each(FAULTS)(
    "%s: taken at the latest when the provider comes again, published once",
    async (_, fault) => {
      // As often as the SDK tries it, so that the provider has to retry.
      const failed = fail(action, fault, 3);
      const { id, answers } = await sendUntilTaken(payload());
      expect(failed()).toBeGreaterThan(0);
      expect(answers.slice(0, -1).every((status) => status >= 500)).toBe(true);
      await expectPublishedOnce(id);
    },
  );
});

describe("processing: StepFunctions.StartSyncExecution", () => {
  test.each(FAULTS)("%s: the queue gives it again, published once and in order", async (_, fault) => {
    const failed = fail("StepFunctions.StartSyncExecution", fault, 1);
    const { id: first } = await sendUntilTaken(payload());
    const { id: second } = await sendUntilTaken(payload());
    await expectPublishedOnce(first);
    await expectPublishedOnce(second);
    expect(failed()).toBe(1);
    const order = (await inbox.events.all()).map(({ detail }) => detail.id);
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
  });
});

describe("dead-lettering: SQS.SendMessage to the dead-letter queue", () => {
  test.each(FAULTS)("%s: the poison one is dead-lettered once, its neighbour published", async (_, fault) => {
    const { id: poison } = await sendUntilTaken(payload({ poison: true }));
    const failed = fail("SQS.SendMessage", fault, 1);
    await until("the call to fail", async () => failed() === 1, 30_000);
    const { id: healthy } = await sendUntilTaken(payload());
    await expectPublishedOnce(healthy);
    await until(
      "the record",
      async () => (await inbox.record("acme", poison))?.["status"] === "dead_lettered",
    );
    const deadLetters = await inbox.deadLetters();
    expect(deadLetters.map(({ Body }) => (JSON.parse(Body ?? "{}") as { id: string }).id)).toEqual([poison]);
    expect(await inbox.events.of(poison)).toEqual([]);
  });
});

describe("waiting: SQS.ChangeMessageVisibility", () => {
  test.each(FAULTS)("%s: the queue's own timeout holds, published once", async (_, fault) => {
    let rejected = 0;
    let changed = 0;
    proxy.decide(({ action }) => {
      if (action === "StepFunctions.StartSyncExecution" && rejected < 1) {
        rejected += 1;
        return serverError;
      }
      if (action !== "SQS.ChangeMessageVisibility" || changed === 3) return undefined;
      changed += 1;
      return fault;
    });
    const { id } = await sendUntilTaken(payload());
    await expectPublishedOnce(id);
    expect(changed).toBeGreaterThan(0);
  });
});
