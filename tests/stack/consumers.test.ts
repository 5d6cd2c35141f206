import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteQueueCommand, SQSClient, type Message } from "@aws-sdk/client-sqs";
import { buildSync } from "esbuild";
import { strToU8, zipSync } from "fflate";
import { ACCOUNT_ID, REGION, type Emulator } from "../../local/emulator";
import { ROOT } from "../../local/paths";
import { commandLine } from "../support/cli";
import { aProvider, drainQueue, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(180_000);

const GROUPS = ["a", "b", "c"];
const REPORTS = "shop-reports";

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let sqs: SQSClient;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [aProvider("acme", "hmac-sha256", { orderingKey: "account" })],
      consumers: [
        { name: "all", queue: {} },
        { name: "even", when: "$exists(dataref) or data.number % 2 = 0", queue: {} },
        {
          name: "reports",
          when: "type = 'report'",
          lambda: { arn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${REPORTS}` },
        },
      ],
    },
    prepare: makeFunction,
  });
  sqs = new SQSClient(inbox.stack.emulator.client);
  cli = commandLine(inbox);
}, 300_000);
afterAll(async () => {
  cli?.close();
  await inbox?.close();
});

/** The function of a consumer, which is there before the stack that hands it messages. It logs what it takes. */
async function makeFunction({ client }: Emulator): Promise<void> {
  const iam = new IAMClient(client);
  const allow = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const trust = allow({ Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: REPORTS, AssumeRolePolicyDocument: trust }),
  );
  const Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:*"];
  await iam.send(
    new PutRolePolicyCommand({
      ...{ RoleName: REPORTS, PolicyName: REPORTS },
      PolicyDocument: allow({ Action, Resource: "*" }),
    }),
  );
  const contents = `
    import { sqsHandler } from "./consumer";
    export const handler = sqsHandler(async ({ id }) => console.log("took " + id));`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: ROOT },
    ...{ bundle: true, platform: "node", target: "node24", write: false },
  });
  const index = strToU8(outputFiles[0]?.text ?? "");
  await new LambdaClient(client).send(
    new CreateFunctionCommand({
      ...{ FunctionName: REPORTS, Role: Role?.Arn, Handler: "index.handler", Runtime: "nodejs24.x" },
      Code: { ZipFile: zipSync({ "index.js": index }) },
    }),
  );
}

/** What the function has logged of an event. */
async function logged(id: string) {
  const logs = new CloudWatchLogsClient(inbox.stack.emulator.client);
  const query = { logGroupName: `/aws/lambda/${REPORTS}`, filterPattern: `"took ${id}"` };
  // Its log group is made by its first invocation.
  return (await logs.send(new FilterLogEventsCommand(query)).catch(() => undefined))?.events ?? [];
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
async function send({ id, account, number }: Payload, type = "thing.made"): Promise<string> {
  const { status, json } = await inbox.send("acme", payload(id, account, number), { id, type });
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

test("a function is handed the events that it wants, once each and in order", async () => {
  const ids = [
    await send(payload("report-1", "a", 1), "report"),
    await send(payload("report-2", "a", 2), "report"),
  ];
  const [first, second] = await until("both in its log", async () => {
    const [one, two] = await Promise.all(ids.map(logged));
    return one?.length && two?.length ? [one, two] : undefined;
  });
  expect([first?.length, second?.length]).toEqual([1, 1]);
  expect(first?.[0]?.timestamp).toBeLessThanOrEqual(second?.[0]?.timestamp ?? 0);
  await Promise.all([received("all", 2), received("even", 1)]);
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
