import { CreateEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteQueueCommand, SQSClient, type Message } from "@aws-sdk/client-sqs";
import { commandLine } from "../support/cli";
import { drainQueue, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(180_000);

const GROUPS = ["a", "b", "c"];

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let sqs: SQSClient;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [
        {
          name: "acme",
          scheme: "hmac-sha256",
          secret: { ssm: "/webhook-inbox/local/acme" },
          orderingKey: "account",
        },
      ],
      consumers: [
        { name: "all", queue: {} },
        { name: "even", when: "$exists(dataref) or data.number % 2 = 0", queue: {} },
        { name: "reports", when: "type = 'report'", queue: {} },
      ],
    },
  });
  sqs = new SQSClient(inbox.stack.emulator.client);
  await feedFunction("reports");
  cli = commandLine(inbox);
}, 300_000);
afterAll(async () => {
  cli?.close();
  await inbox?.close();
});

/** Makes a consumer one of the kind `lambda`: a function has to be there before the stack that hands it messages. */
async function feedFunction(consumer: string): Promise<void> {
  const { consumer_queues, recovery_function_name: FunctionName } = inbox.stack.outputs;
  const of = consumer_queues[consumer];
  if (!of) throw new Error(`no consumer ${consumer}`);
  const { UUID } = await new LambdaClient(inbox.stack.emulator.client).send(
    new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: of.queue_arn, BatchSize: 1 }),
  );
  Object.assign(of, { kind: "lambda", mapping_uuid: UUID });
}

const queueOf = (consumer: string) => inbox.stack.outputs.consumer_queues[consumer]?.queue_url ?? "";
const events = (messages: readonly Message[]) =>
  messages.map(({ Body }) => JSON.parse(Body ?? "") as { id: string; replay: number; data: Payload });

interface Payload {
  readonly id: string;
  readonly account: string;
  readonly number: number;
}
const payload = (id: string, account: string, number: number): Payload => ({ id, account, number });

/** Sends a webhook; once it is accepted it is in its group's order. */
async function send({ id, account, number }: Payload): Promise<string> {
  const { status, json } = await inbox.send("acme", payload(id, account, number), { id, type: "thing.made" });
  expect(status).toBe(202);
  return String(json["id"]);
}

/** What a consumer's queue got, once it is as many; one more would be seen too. */
async function received(consumer: string, count: number) {
  const messages: Message[] = [];
  await until(
    `${count} messages for ${consumer}`,
    async () => {
      messages.push(...(await drainQueue(queueOf(consumer), sqs)));
      return messages.length >= count;
    },
    120_000,
  );
  return events(messages);
}

describe("100 webhooks in three groups", () => {
  const sent = Array.from({ length: 100 }, (_, number) => {
    const account = GROUPS[number % GROUPS.length] ?? "";
    return payload(`evt-${String(number).padStart(3, "0")}`, account, number);
  });
  const inGroup = (of: readonly Payload[], group: string) =>
    of.filter(({ account }) => account === group).map(({ number }) => number);

  test("reach each consumer that wants them once, and in the order of their group", async () => {
    await Promise.all(
      GROUPS.map(async (group) => {
        for (const one of sent.filter(({ account }) => account === group)) await send(one);
      }),
    );
    const even = sent.filter(({ number }) => number % 2 === 0);
    const [atAll, atEven] = await Promise.all([received("all", sent.length), received("even", even.length)]);
    for (const group of GROUPS) {
      expect(
        inGroup(
          atAll.map(({ data }) => data),
          group,
        ),
      ).toEqual(inGroup(sent, group));
      expect(
        inGroup(
          atEven.map(({ data }) => data),
          group,
        ),
      ).toEqual(inGroup(even, group));
    }
    expect(atAll).toHaveLength(sent.length);
    expect(atEven).toHaveLength(even.length);
  });
});

test("a webhook is replayed to one consumer alone", async () => {
  const id = await send(payload("replayed", "a", 2));
  await Promise.all([received("all", 1), received("even", 1), inbox.events.next(id)]);
  const replayed = await cli.run("replay", "acme", id, "--consumer", "even");
  expect(replayed).toMatchObject({ code: 0 });
  expect(await received("even", 1)).toMatchObject([{ id, replay: 1 }]);
  // A later one of the group has passed, so nothing of the replay is still on its way.
  const later = await send(payload("later", "a", 3));
  expect((await received("all", 1)).map((event) => event.id)).toEqual([later]);
  expect(await inbox.events.of(id)).toHaveLength(1);
  expect((await cli.run("show", id)).stdout).toMatch(/number 1, to even/);
});

test.each([
  ["replay", "acme", "x", "--consumer", "evne"],
  ["consumers", "show", "evne"],
])("a consumer that the stack does not have is a wrong usage: webhooks %s", async (...args) => {
  expect(await cli.run(...args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no consumer evne. Did you mean even?") as string,
  });
});

test("a function is handed no messages while it is paused", async () => {
  const stateOf = async (name: string) => (await cli.run("consumers", "show", name, "--json")).json["state"];
  expect(await cli.run("consumers", "pause", "reports")).toMatchObject({ code: 0 });
  await until("its mapping disabled", async () => (await stateOf("reports")) === "Disabled");
  expect(await cli.run("consumers", "resume", "reports")).toMatchObject({ code: 0 });
  await until("its mapping enabled", async () => (await stateOf("reports")) === "Enabled");
});

test.each(["pause", "resume"])(
  "a queue that its consumer reads itself is none that the command can %s",
  async (verb) => {
    expect(await cli.run("consumers", verb, "all")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("reads its queue itself") as string,
    });
  },
);

test("a consumer whose queue is deleted is named in the record and in the list; the others and the bus get all", async () => {
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queueOf("even") }));
  const ids = [await send(payload("lost-1", "b", 4)), await send(payload("lost-2", "b", 6))];
  expect((await received("all", 2)).map(({ id }) => id)).toEqual(ids);
  for (const id of ids) {
    await inbox.events.next(id);
    const record = await until("its status", async () => {
      const found = await inbox.record("acme", id);
      return found?.status === "published" && found;
    });
    expect(record.undelivered).toEqual(new Set(["even"]));
  }
  expect((await cli.run("show", ids[0]!)).stdout).toMatch(/Undelivered +even/);
  const { json } = await cli.run("consumers", "list", "--json");
  expect(json["consumers"]).toMatchObject([
    {
      name: "all",
      kind: "queue",
      state: "read by you",
      backlog: { waiting: 0 },
      deadLetters: { waiting: 0 },
    },
    { name: "even", state: "queue missing" },
    { name: "reports", kind: "lambda", state: "Enabled" },
  ]);
});
