import { userInfo } from "node:os";
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { commandLine, stepsIn, traced } from "../support/cli";
import {
  addDeadLetter,
  consumerMessage,
  deadLetterOf,
  moveAsSqsDoes,
  webhook,
} from "../support/dead-letters";
import { aProvider, drainQueue, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(120_000);

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [
        aProvider("acme", "hmac-sha256", { transform: "data.poison ? $error('this one is poison') : data" }),
        aProvider("stripe", "stripe", { secret: { secretsManager: "inbox/stripe" }, orderingKey: "account" }),
      ],
      consumers: [{ name: "crm", when: "type = 'crm'", queue: {} }],
    },
  });
  cli = commandLine(inbox);
  // The recovery redrives what SQS moved, too: here the command line is what does it.
  const events = new EventBridgeClient(inbox.stack.emulator.client);
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const [rule] = Rules.filter(({ Name = "" }) => Name.includes("recover-every-minute"));
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
}, 300_000);
afterAll(async () => {
  cli?.close();
  await inbox?.close();
});

type Listed = { id: string; deadLetterId: string; reason: { code: string }; attempts: number | null };
async function listed(...args: string[]): Promise<readonly Listed[]> {
  const { json } = await cli.run("dlq", "list", "--deep", "--json", ...args);
  return json["deadLetters"] as readonly Listed[];
}

/** Waits for the dead letters of a webhook. */
const deadLettersOf = (id: string) =>
  until(
    `the dead letter of ${id}`,
    async () => {
      const found = await listed("--id", id);
      return found.length > 0 && found;
    },
    30_000,
  );

const publishedOf = async (ids: readonly string[]) =>
  (await inbox.events.all()).map(({ detail }) => detail.id).filter((id) => ids.includes(id));
const unique = (prefix: string) => `${prefix}_${randomUUID().slice(0, 8)}`;
const series = (prefix: string, length: number) =>
  Array.from({ length }, (_, index) => unique(`${prefix}${index}`));
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe("webhooks dlq", () => {
  test("lists dead letters with their reasons, by filters, and shows one; they stay where they are", async () => {
    const [mine, other, old] = [unique("mine"), unique("other"), unique("old")];
    await addDeadLetter(inbox, "acme", mine);
    await addDeadLetter(inbox, "stripe", other, { reason: "MalformedDetail" });
    await addDeadLetter(inbox, "acme", old, { receivedAt: minutesAgo(180) });

    const table = await cli.run("dlq", "list");
    expect(table.code).toBe(0);
    for (const cell of ["MalformedDetail", "stripe", "thing.made", other, "3.0 h"])
      expect(table.stdout).toContain(cell);
    expect(table.stdout).not.toContain("\x1b[");

    const idsOf = async (...filter: string[]) => (await listed(...filter)).map(({ id }) => id);
    expect(await idsOf()).toEqual([old, mine, other]);
    expect(await idsOf("--type", "thing.made", "--newer-than", "2h", "--id", mine, old)).toEqual([mine]);

    const shown = await cli.run("dlq", "show", other, "--json");
    expect(shown.json["deadLetters"]).toEqual([
      expect.objectContaining({
        provider: "stripe",
        reason: { code: "MalformedDetail", message: "no such field" },
        attempts: 3,
        executionArn: "arn:execution",
        body: JSON.stringify(webhook("stripe", other)),
      }),
    ]);
    expect(await inbox.deadLetters()).toHaveLength(3);
  });

  test("redrives a poison webhook with all its attempts, and only once per dead letter", async () => {
    const reply = await inbox.send("acme", { poison: true, unique: randomUUID() }, { type: "thing.made" });
    const id = String(reply.json["id"]);
    const [first] = await deadLettersOf(id);
    expect(await inbox.record("acme", id)).toMatchObject({ status: "dead_lettered", failures: 3 });
    const { stdout } = await traced(inbox, cli, id, 7);
    expect(stepsIn(stdout)).toEqual([
      "Request accepted",
      "Payload and record stored",
      "Queued",
      expect.stringMatching(/^Failed, attempt 1 {2}States\.QueryEvaluationError: .*this one is poison/),
      expect.stringMatching(/^Failed, attempt 2 /),
      expect.stringMatching(/^Failed, attempt 3 /),
      expect.stringMatching(/^Moved to the dead-letter queue/),
    ]);

    expect((await cli.run("dlq", "redrive", id, "--json")).json).toEqual({
      redriven: 1,
      failed: [],
      left: 0,
    });
    const again = await until(
      "the dead letter again",
      async () => {
        const deadLetters = await listed("--id", id);
        return deadLetters[0]?.deadLetterId !== first?.deadLetterId && deadLetters.length > 0 && deadLetters;
      },
      30_000,
    );
    expect(again).toEqual([expect.objectContaining({ id, attempts: 3 })]);
    // As of a redrive that the console started.
    expect(stepsIn((await cli.run("trace", id)).stdout)).toContain("Redriven from the dead-letter queue");
    expect(await inbox.record("acme", id)).toMatchObject({ status: "dead_lettered", failures: 3 });
    await inbox.deadLetters();
  });

  test("is left by what is replayed, once the replay is in the queue; another's dead letter stays", async () => {
    const sent = { poison: true, unique: randomUUID() };
    const id = String((await inbox.send("acme", sent, { type: "thing.made" })).json["id"]);
    const other = unique("other");
    await until("dead-lettered", async () => (await listed("--id", id)).length > 0, 30_000);
    await addDeadLetter(inbox, "acme", other);
    const [before] = await listed("--id", id);

    const replayed = await cli.run("replay", "acme", id, "--json");
    expect(replayed).toMatchObject({ code: 0, json: { replayed: 1, deadLettersRemoved: 1 } });
    // It is poison, so its replay ends there too.
    const [after] = await deadLettersOf(id);
    expect(after?.deadLetterId).not.toBe(before?.deadLetterId);
    expect((await listed()).map((one) => one.id)).toEqual([id, other]);
    await inbox.deadLetters();
  });

  test("redrives only what the filters say, and in a dry run nothing", async () => {
    const [mine, other] = [unique("mine"), unique("other")];
    await addDeadLetter(inbox, "acme", mine);
    await addDeadLetter(inbox, "stripe", other);
    const dry = await cli.run("dlq", "redrive", "--provider", "acme", "--dry-run", "--json");
    expect(dry.json["wouldRedrive"]).toEqual([expect.objectContaining({ id: mine })]);
    expect((await listed()).map(({ id }) => id)).toEqual([mine, other]);

    expect((await cli.run("dlq", "redrive", "--provider", "acme")).code).toBe(0);
    expect(await inbox.events.next(mine)).toMatchObject({
      source: "webhook.acme",
      detail: { data: { id: mine } },
    });
    expect((await listed()).map(({ id }) => id)).toEqual([other]);
    await inbox.deadLetters();
  });

  test("keeps order and loses nothing when a redrive is killed half-way and run again", async () => {
    const ids = series("k", 26);
    // The first was received before the others, but was dead-lettered last; SQS shows only ten of the others at a time.
    for (const [index, id] of ids.entries())
      if (index > 0) await moveAsSqsDoes(inbox, "acme", id, minutesAgo(60 - index));
    await addDeadLetter(inbox, "acme", ids[0] ?? "", { receivedAt: minutesAgo(90) });

    const killed = cli.start("dlq", "redrive", "--all", "--yes", "--rate", "5");
    await inbox.events.next(ids[6] ?? "", 60_000);
    killed.process.kill("SIGKILL");
    expect((await killed.finished).code).toBeNull();
    const before = (await publishedOf(ids)).length;
    expect(before).toBeLessThan(ids.length);

    const { code, json } = await cli.run("dlq", "redrive", "--all", "--yes", "--rate", "100", "--json");
    expect([code, json["failed"], json["left"]]).toEqual([0, [], 0]);
    await inbox.events.next(ids.at(-1) ?? "");
    expect(await publishedOf(ids)).toEqual(ids);
    expect(await listed()).toEqual([]);
  });

  test("discards one for good, only once asked, and the record says who did it and why", async () => {
    const [mine, other] = [unique("mine"), unique("other")];
    const receivedAt = minutesAgo(5);
    await inbox.putRecord("acme", mine, { status: "dead_lettered", type: "thing.made", receivedAt });
    for (const id of [mine, other]) await addDeadLetter(inbox, "acme", id, { receivedAt });
    const discard = (...args: string[]) => cli.run("dlq", "discard", mine, "--reason", "test data", ...args);

    const unasked = await discard();
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining("would be removed for good")]);
    expect((await listed()).map(({ id }) => id)).toEqual([mine, other]);
    expect((await cli.run("dlq", "discard", mine, "--yes")).stderr).toContain("--reason");

    expect(await discard("--yes", "--json")).toMatchObject({ code: 0, json: { discarded: `acme ${mine}` } });
    expect((await listed()).map(({ id }) => id)).toEqual([other]);
    const { json } = await cli.run("show", mine, "--provider", "acme", "--json");
    expect(json).toMatchObject({
      status: "dead_lettered",
      operations: [{ kind: "discard", by: userInfo().username, reason: "test data" }],
    });
    const trace = await cli.run("trace", mine, "--provider", "acme", "--details");
    expect(trace.stdout).toContain("Discarded from the dead-letter queue");
    expect(trace.stdout).toContain("test data");
    expect((await discard("--yes")).code).toBe(1);
    await inbox.deadLetters();
  });

  test("--consumer redrives a consumer's to its queue, in order and in their groups; the inbox's stay", async () => {
    const [mine, second, first, moved] = ["mine", "second", "first", "moved"].map(unique) as [
      ...[string, string, string, string],
    ];
    await addDeadLetter(inbox, "acme", mine);
    // Dead-lettered in another order than that of their events.
    await deadLetterOf(inbox, "crm", consumerMessage("acme", second, "acme:7", 11), "Http500");
    await deadLetterOf(inbox, "crm", consumerMessage("acme", first, "acme:7", 9), "Http500");
    await deadLetterOf(inbox, "crm", consumerMessage("acme", moved, "acme:8", 10));
    await inbox.putRecord("acme", first, { status: "published", type: "thing.made" });

    const crm = ["--consumer", "crm"];
    const idsOf = async (...filter: string[]) => (await listed(...crm, ...filter)).map(({ id }) => id);
    expect(await idsOf()).toEqual([first, moved, second]);
    expect(await idsOf("--reason", "MovedBySqs")).toEqual([moved]);
    expect((await cli.run("dlq", "show", first, ...crm)).stdout).toMatch(
      /Http500: no customer[^]+"specversion"/,
    );
    expect((await cli.run("dlq", "list", "--consumer", "crn")).stderr).toContain("Did you mean crm?");

    expect((await cli.run("dlq", "redrive", "--all", ...crm, "--json")).json["redriven"]).toBe(3);
    const { consumer_queues: queues } = inbox.stack.outputs;
    const messages = await drainQueue(
      queues["crm"]?.queue_url ?? "",
      new SQSClient(inbox.stack.emulator.client),
    );
    const got = messages.map(({ Body = "", Attributes, MessageAttributes }) => [
      (JSON.parse(Body) as { id: string }).id,
      Attributes?.MessageGroupId,
      MessageAttributes?.["RecordKey"]?.StringValue,
    ]);
    expect(got.filter(([, group]) => group === "acme:7")).toEqual([
      [first, "acme:7", `acme#${first}`],
      [second, "acme:7", `acme#${second}`],
    ]);
    expect(got).toContainEqual([moved, "acme:8", `acme#${moved}`]);
    expect(await idsOf()).toEqual([]);
    expect((await listed()).map(({ id }) => id)).toEqual([mine]);

    await deadLetterOf(inbox, "crm", consumerMessage("acme", first, "acme:7", 12), "Http500");
    const discard = ["dlq", "discard", first.slice(0, -1), ...crm, "--reason", "customer is gone", "--yes"];
    expect((await cli.run(...discard)).code).toBe(0);
    const { json } = await cli.run("show", first, "--provider", "acme", "--json");
    // Their failures were the consumer's: the webhook's own status is as before.
    expect(json).toMatchObject({
      status: "published",
      operations: [
        { kind: "redrive", consumer: "crm" },
        { kind: "discard", consumer: "crm", by: userInfo().username, reason: "customer is gone" },
      ],
    });
    expect((await cli.run("trace", first, "--provider", "acme")).stdout).toMatch(
      /Redriven to crm from its dead-letter queue[^]+Discarded from the dead-letter queue of crm/,
    );
    await inbox.deadLetters();
  });

  test("interrupted by Ctrl-C puts back what it holds, at once, and ends with 130", async () => {
    const ids = series("c", 12);
    for (const [index, id] of ids.entries())
      await addDeadLetter(inbox, "acme", id, { receivedAt: minutesAgo(60 - index) });
    const unasked = await cli.run("dlq", "redrive", "--provider", "acme");
    expect([unasked.code, unasked.stdout]).toEqual([2, ""]);
    expect(unasked.stderr).toContain("    12  acme, States.QueryEvaluationError\n");
    expect(unasked.stderr).toContain("12 webhooks would be redriven. Check with --dry-run, then pass --yes.");
    expect(await publishedOf(ids)).toEqual([]);

    const running = cli.start("dlq", "redrive", "--all", "--yes", "--rate", "2", "--json");
    await inbox.events.next(ids[1] ?? "", 60_000);
    running.process.kill("SIGINT");
    const { code, json } = await running.finished;
    expect(code).toBe(130);
    const left = Number(json["left"]);
    expect(Number(json["redriven"]) + left).toBe(ids.length);
    expect((await listed()).map(({ id }) => id)).toEqual(ids.slice(-left));

    expect((await cli.run("dlq", "redrive", "--all", "--yes", "--rate", "100")).code).toBe(0);
    await inbox.events.next(ids.at(-1) ?? "");
    expect(await publishedOf(ids)).toEqual(ids);
  });
});
