import { deliver, type HttpConsumer } from "../../../../functions/domain/deliver";
import type { DeliverPorts } from "../../../../functions/domain/deliver-ports";
import type { DeliveryState } from "../../../../functions/domain/delivery-state";
import { parseRetryAfter, secondsUntilNext } from "../../../../functions/domain/delivery-schedule";
import type { ConsumerMessage } from "../../../../functions/domain/consumer-message";
import type { Failure } from "../../../../functions/domain/group-ports";
import type { LogLine } from "../../../../functions/domain/log-line";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const consumer: HttpConsumer = { name: "crm", maxAttempts: 3, onFailure: "dead-letter" };
const event = { id: "evt_1", source: "webhook.stripe", type: "invoice.paid", provider: "stripe", replay: 0 };

const aMessage = (receiveCount = 1): ConsumerMessage => ({
  messageId: "m1",
  receiptHandle: "r1",
  body: JSON.stringify(event),
  group: "stripe",
  deduplicationId: "stripe:evt_1:0",
  receiveCount,
  sentAt: NOW,
  recordKey: "stripe#evt_1",
  s3Key: "raw/stripe/evt_1/0",
});

type Answer = Awaited<ReturnType<DeliverPorts["post"]>>;
const answers = (status: number, more: Partial<Answer> = {}) => ({ status, body: "said", ...more });

/** A consumer with its queue, which answers in turn; the last answer is repeated. */
function aConsumer(replies: readonly (Answer | Error)[], over: Partial<DeliverPorts> = {}) {
  const left = [...replies];
  const seen = {
    posts: 0,
    waits: [] as number[],
    deadLetters: [] as Failure[],
    pauses: [] as string[],
    lines: [] as LogLine[],
    state: undefined as DeliveryState | undefined,
  };
  const ports: DeliverPorts = {
    deliveries: {
      read: async () => seen.state,
      write: async (_, state) => {
        seen.state = state;
      },
    },
    rate: { take: async () => true },
    request: async () => ({ url: "https://crm.example.com/", headers: [], body: Buffer.from("{}") }),
    post: async () => {
      seen.posts += 1;
      const reply = left.length > 1 ? left.shift() : left[0];
      if (reply instanceof Error) throw reply;
      return reply!;
    },
    queue: { retryAfter: async (_, seconds) => void seen.waits.push(seconds) },
    deadLetters: { send: async (_, failure) => void seen.deadLetters.push(failure) },
    pause: async (reason) => void seen.pauses.push(reason),
    now: () => NOW,
    random: () => 0.5,
    log: (line) => void seen.lines.push(line),
    ...over,
  };
  return { ports, seen };
}

test("an answer in 2xx ends the message, and is kept but not logged", async () => {
  const { ports, seen } = aConsumer([answers(204, { body: "secret of theirs" })]);
  expect(await deliver(aMessage(), consumer, ports)).toBe(true);
  expect(seen.state).toMatchObject({ status: "delivered", attempts: 1, statusCode: 204 });
  expect(seen.state?.answer).toBe("secret of theirs");
  expect(JSON.stringify(seen.lines)).not.toContain("secret of theirs");
});

test.each([
  ["an error", answers(500)],
  ["a redirect", answers(302)],
  ["no answer", new Error("no answer within 15 s")],
])("%s is tried again by the schedule, and then dead-lettered with its reason", async (_, reply) => {
  const { ports, seen } = aConsumer([reply]);
  const done = [];
  for (let receive = 1; receive <= 3; receive += 1)
    done.push(await deliver(aMessage(receive), consumer, ports));
  expect(done).toEqual([false, false, true]);
  expect(seen.waits).toEqual([5, 30]);
  expect(seen.deadLetters).toEqual([
    { attempts: 3, error: expect.objectContaining({ message: expect.stringMatching(/said|no answer/) }) },
  ]);
  expect(seen.state).toMatchObject({ status: "dead_lettered", attempts: 3 });
});

test("one that blocks keeps its place until it is delivered", async () => {
  const { ports, seen } = aConsumer([answers(500), answers(500), answers(500), answers(500), answers(200)]);
  const blocking: HttpConsumer = { ...consumer, onFailure: "block" };
  for (let receive = 1; receive <= 4; receive += 1)
    expect(await deliver(aMessage(receive), blocking, ports)).toBe(false);
  expect(await deliver(aMessage(5), blocking, ports)).toBe(true);
  expect(seen.deadLetters).toEqual([]);
});

test("one that blocks is tried every hour at least: its whole group waits", () => {
  expect(secondsUntilNext(9, undefined, 0.5)).toBe(28_800);
  expect(secondsUntilNext(9, undefined, 0.5, true)).toBe(3_600);
  expect(secondsUntilNext(2, undefined, 0.5, true)).toBe(30);
});

test("Retry-After is observed, as seconds and as a date, within bounds", async () => {
  const { ports, seen } = aConsumer([answers(429, { retryAfter: "77" })]);
  await deliver(aMessage(), consumer, ports);
  expect(seen.waits).toEqual([77]);
  expect(parseRetryAfter("Sun, 01 Mar 2026 12:01:00 GMT", NOW)).toBe(60);
  expect(parseRetryAfter("soon", NOW)).toBeUndefined();
  expect(secondsUntilNext(1, 90_000, 0.5)).toBe(21_600);
  expect(secondsUntilNext(1, 0, 0.5)).toBe(1);
});

test("waits never reach what SQS rejects, whatever the jitter", () => {
  for (let attempts = 1; attempts < 40; attempts += 1)
    for (const random of [0, 1]) expect(secondsUntilNext(attempts, undefined, random)).toBeLessThan(43_000);
});

test("410 pauses the consumer, and is not the webhook's last attempt", async () => {
  const { ports, seen } = aConsumer([answers(410)]);
  for (let receive = 1; receive <= 5; receive += 1)
    expect(await deliver(aMessage(receive), consumer, ports)).toBe(false);
  expect(seen.pauses[0]).toContain("410");
  expect(seen.deadLetters).toEqual([]);
});

test("a used up rate is no attempt", async () => {
  const { ports, seen } = aConsumer([answers(200)], { rate: { take: async () => false } });
  expect(await deliver(aMessage(), consumer, ports)).toBe(false);
  expect([seen.posts, seen.state]).toEqual([0, undefined]);
});

test("what cannot be made into a request is dead-lettered at once, also where failures block", async () => {
  const { ports, seen } = aConsumer([answers(200)], {
    request: async () => ({ impossible: "its payload is in the archive" }),
  });
  expect(await deliver(aMessage(), { ...consumer, onFailure: "block" }, ports)).toBe(true);
  expect(seen.deadLetters[0]?.error.message).toBe("its payload is in the archive");
  expect(seen.posts).toBe(0);
});

test("a service that fails is no attempt: the message waits", async () => {
  const { ports, seen } = aConsumer([answers(200)], {
    request: () => Promise.reject(new Error("S3 does not answer")),
  });
  expect(await deliver(aMessage(), consumer, ports)).toBe(false);
  expect([seen.posts, seen.waits]).toEqual([0, [20]]);
});

test("a backlog behind a low rate, and an outage of days, never use up the receives of a message", async () => {
  const MAX_RECEIVES = 1_000;
  const { ports, seen } = aConsumer([answers(200)], { rate: { take: async () => false } });
  for (let receive = 1; receive < MAX_RECEIVES; receive += 1)
    await deliver(aMessage(receive), consumer, ports);
  const days = seen.waits.reduce((sum, seconds) => sum + seconds, 0) / 86_400;
  expect(days).toBeGreaterThan(4);
});

test.each([answers(500), answers(410)])(
  "one that SQS would delete before the next attempt is dead-lettered, also where failures block: %j",
  async (reply) => {
    const { ports, seen } = aConsumer([reply]);
    const old = { ...aMessage(40), sentAt: NOW - 13.6 * 86_400_000 };
    expect(await deliver(old, { ...consumer, onFailure: "block" }, ports)).toBe(true);
    expect(seen.deadLetters).toHaveLength(1);
  },
);

test("one that was delivered before its function was stopped is not called again", async () => {
  const { ports, seen } = aConsumer([answers(200)]);
  await deliver(aMessage(1), consumer, ports);
  expect(await deliver(aMessage(2), consumer, ports)).toBe(true);
  expect(seen.posts).toBe(1);
});

test("one that an operator gave up while it waited is not called again, and lets the next of its group pass", async () => {
  const { ports, seen } = aConsumer([answers(500)]);
  const blocking: HttpConsumer = { ...consumer, onFailure: "block" };
  await deliver(aMessage(1), blocking, ports);
  seen.state = { ...seen.state!, status: "discarded" };
  expect(await deliver(aMessage(2), blocking, ports)).toBe(true);
  expect([seen.posts, seen.deadLetters]).toEqual([1, []]);
});

test("a redriven dead letter has all its attempts again", async () => {
  const { ports, seen } = aConsumer([answers(500)]);
  for (let receive = 1; receive <= 3; receive += 1) await deliver(aMessage(receive), consumer, ports);
  expect(await deliver(aMessage(1), consumer, ports)).toBe(false);
  expect(seen.state).toMatchObject({ attempts: 1 });
});

test("a crash between the consumer's answer and its record calls it again with the same id", async () => {
  let isDown = true;
  const { ports, seen } = aConsumer([answers(200)]);
  const write = (message: ConsumerMessage, state: DeliveryState) =>
    isDown ? Promise.reject(new Error("DynamoDB does not answer")) : ports.deliveries.write(message, state);
  const failing: DeliverPorts = { ...ports, deliveries: { ...ports.deliveries, write } };
  expect(await deliver(aMessage(1), consumer, failing)).toBe(false);
  isDown = false;
  expect(await deliver(aMessage(2), consumer, failing)).toBe(true);
  expect([seen.posts, seen.state?.status]).toEqual([2, "delivered"]);
});
