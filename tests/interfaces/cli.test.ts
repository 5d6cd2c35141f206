import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { randomUUID } from "node:crypto";
import { toItem } from "../../functions/adapters/record-item";
import { commandLine, stepsIn, traced } from "../support/cli";
import { addDeadLetter } from "../support/dead-letters";
import { aProvider, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(120_000);

const PROVIDERS = [
  aProvider("acme", "hmac-sha256", { transform: "data.poison ? $error('this one is poison') : data" }),
  aProvider("stripe", "stripe", { secret: { secretsManager: "inbox/stripe" }, orderingKey: "account" }),
];

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let cloudwatch: CloudWatchClient;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      // The default on AWS; the console's test has it on.
      eventLogData: false,
      providers: PROVIDERS,
    },
  });
  cli = commandLine(inbox);
  cloudwatch = new CloudWatchClient(inbox.stack.emulator.client);
}, 300_000);
afterAll(async () => {
  cli?.close();
  await inbox?.close();
});

const publishedOf = async (ids: readonly string[]) =>
  (await inbox.events.all()).map(({ detail }) => detail.id).filter((id) => ids.includes(id));
const unique = (prefix: string) => `${prefix}_${randomUUID().slice(0, 8)}`;

const publishedAs = async (provider: string, payload: Record<string, unknown>, type = "thing.made") => {
  const reply = await inbox.send(provider, { unique: randomUUID(), ...payload }, { type });
  expect(reply.status).toBe(202);
  const id = String(reply.json["id"]);
  await inbox.events.next(id);
  return id;
};

describe("webhooks tail", () => {
  test("shows events whose log keeps no data, and with --payload reads it from S3, whatever their type", async () => {
    const since = new Date().toISOString();
    const sent = { id: unique("evt"), type: 'App\\Events\\"Paid"', name: "Ada" };
    await inbox.send("stripe", sent);
    const { detail } = await inbox.events.next(sent.id);
    const asked = ["tail", "--json", "--provider", "stripe", "--since", since, "--count", "1"];
    const plain = await cli.run(...asked);
    expect(plain.stdout).not.toContain("Ada");
    expect(plain.stderr).toContain("--payload reads each webhook's payload from S3");
    const { id, type, receivedat, sequence } = detail;
    expect(plain.json).toMatchObject({
      source: "webhook.stripe",
      "detail-type": sent.type,
      detail: { id, type, receivedat, sequence },
    });
    const { json, stderr } = await cli.run(...asked, "--payload");
    expect(stderr).toBe("");
    const { s3Key } = (await cli.run("show", sent.id, "--json")).json;
    expect(json["payload"]).toEqual({
      uri: `s3://${inbox.stack.outputs.s3_bucket_name}/${String(s3Key)}`,
      text: JSON.stringify(sent),
    });
  });

  test("follows what is published, one event a line, and ends cleanly at Ctrl-C", async () => {
    const tail = cli.start("tail", "--json", "--provider", "acme", "--since", "1h");
    const lines = () => tail.output().split("\n").filter(Boolean);
    const ids = () => lines().map((line) => (JSON.parse(line) as { detail: { id: string } }).detail.id);
    const first = await publishedAs("acme", { n: 1 });
    await until("the first event", () => Promise.resolve(ids().includes(first)));
    const other = await publishedAs("stripe", { id: unique("evt"), type: "invoice.paid" });
    const second = await publishedAs("acme", { n: 2 });
    await until("the second event", () => Promise.resolve(ids().includes(second)));
    tail.process.kill("SIGINT");
    expect(await tail.finished).toMatchObject({ code: 130 });
    expect(ids().slice(-2)).toEqual([first, second]);
    expect(ids()).not.toContain(other);
    expect(new Set(ids()).size).toBe(ids().length);
  });

  test("ends after as many as requested", async () => {
    const id = await publishedAs("stripe", { id: unique("evt"), type: "invoice.paid" });
    const { code, stdout } = await cli.run("tail", "--provider", "stripe", "--since", "1h", "--count", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}stripe {6}\S+ +evt_\S+\n$/);
    expect(stdout.length).toBeGreaterThan(id.length);
  });
});

describe("webhooks pause and resume", () => {
  const state = async () => (await cli.run("status", "--json")).json["pauses"] as Record<string, unknown>[];
  const held = (count: number) =>
    until(`${count} held webhooks`, async () => (await state())[0]?.["held"] === count);
  /** As the schedule does every minute. */
  const recover = async () => {
    const FunctionName = inbox.stack.outputs.recovery_function_name;
    const { Payload } = await new LambdaClient(inbox.stack.emulator.client).send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from("{}") }),
    );
    // What a failed function answers with is an object with its error.
    expect(Buffer.from(Payload ?? []).toString()).toMatch(/^(null)?$/);
  };

  test("webhooks of a paused provider are answered and held, others are published; then they follow in their order", async () => {
    expect((await cli.run("pause", "strip")).code).toBe(2);
    expect((await cli.run("resume", "stripe")).code).toBe(2);
    const paused = await cli.run("pause", "stripe", "--reason", "a migration", "--json");
    expect(paused).toMatchObject({
      code: 0,
      json: { provider: "stripe", state: "paused", reason: "a migration" },
    });

    const ids = Array.from({ length: 4 }, () => unique("evt"));
    for (const id of ids.slice(0, 3)) {
      expect((await inbox.send("stripe", { id, type: "thing.made", account: "a" })).status).toBe(202);
    }
    await held(3);
    await publishedAs("acme", {});
    expect(await publishedOf(ids)).toEqual([]);
    expect((await cli.run("status")).stdout).toMatch(
      /stripe +paused for .* by .*: a migration; 3 webhooks held/,
    );

    expect((await cli.run("resume", "stripe", "--json")).json).toMatchObject({ state: "resuming" });
    // What comes meanwhile has what is held go first.
    await inbox.send("stripe", { id: ids[3], type: "thing.made", account: "a" });
    await inbox.events.next(ids[3]!);
    expect(await publishedOf(ids)).toEqual(ids);
    expect(await state()).toMatchObject([{ state: "resuming", held: 0 }]);

    // A group to which nothing comes goes on within a minute.
    await cli.run("pause", "stripe");
    const alone = unique("evt");
    await inbox.send("stripe", { id: alone, type: "thing.made", account: "b" });
    await held(1);
    await cli.run("resume", "stripe");
    await recover();
    await inbox.events.next(alone);
  });
});

describe("webhooks providers", () => {
  test("shows each with its address, what to click, its secret and its last webhook", async () => {
    const id = await publishedAs("stripe", { id: unique("evt"), type: "invoice.paid" });
    expect((await inbox.send("stripe", { id: unique("evt") }, { secret: "whsec_wrong" })).status).toBe(401);
    const stripe = await until("the metrics of today", async () => {
      const { json } = await cli.run("providers", "stripe", "--json");
      const [one] = json["providers"] as { readonly lastDay: Record<string, number> }[];
      return one?.lastDay["rejected"] ? one : undefined;
    });
    expect(stripe).toMatchObject({
      name: "stripe",
      address: `${inbox.stack.outputs.api_endpoint}/stripe`,
      setup: { docs: expect.stringContaining("stripe.com") as string },
      secret: { state: "usable" },
      last: { id, type: "invoice.paid" },
    });
    const { stdout } = await cli.run("providers");
    expect(stdout).toContain(`${inbox.stack.outputs.api_endpoint}/acme`);
    expect((await cli.run("providers", "strip")).stderr).toContain("Did you mean stripe?");
  });
});

describe("webhooks list, show and trace", () => {
  test("list by filters, page by page, newest first", async () => {
    const type = unique("listed");
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.unshift(await publishedAs("acme", { n }, type));
    const ask = async (...args: string[]) =>
      (await cli.run("list", "--type", type, "--limit", "2", "--json", ...args)).json as {
        webhooks: { id: string; status: string }[];
        next: string | null;
      };
    const first = await ask("--provider", "acme", "--since", "1h");
    expect(first.webhooks.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await ask("--provider", "acme", "--since", "1h", "--cursor", first.next ?? "");
    expect(second).toMatchObject({ webhooks: [{ id: ids[2], status: "published" }], next: null });

    const { stdout, stderr } = await cli.run("list", "--text", ids[0] ?? "", "--limit", "1");
    expect(stdout).toMatch(/^AGE +PROVIDER +TYPE +ID +STATUS\n.*acme.*published$/m);
    expect(stderr).toContain("--cursor ");
  });

  test("take the short form of an id that the list shows, and say which ids begin with one that is too short", async () => {
    const type = unique("hashed");
    // An id that holds other characters than visible ASCII is replaced by its hash.
    const reply = await inbox.send("stripe", { id: `${unique("evt")}\u00e9`, type });
    const id = String(reply.json["id"]);
    await inbox.events.next(id);
    const listed = await cli.run("list", "--type", type);
    const [, short = ""] = / stripe +\S+ +(\S+) +published$/m.exec(listed.stdout) ?? [];
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(short).toBe(id.slice(0, short.length));
    expect(short).toMatch(/^sha256:\w{9,12}$/);
    expect((await cli.run("show", short, "--json")).json).toMatchObject({ id });
    expect((await cli.run("trace", short)).stdout).toContain(type);
    expect((await cli.run("replay", "stripe", short, "--dry-run")).stdout).toContain(id);

    const alike = unique("alike");
    const [a, b] = [`${alike}-a`, `${alike}-b`];
    for (const one of [a, b]) {
      await inbox.send("stripe", { id: one, type: "thing.made" });
      await inbox.events.next(one);
    }
    for (const command of [["show"], ["trace"], ["replay", "stripe"]]) {
      const { code, stderr } = await cli.run(...command, `${alike}-`);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`Several ids begin with ${alike}-`)]);
      expect(stderr).toContain(a);
      expect(stderr).toContain(b);
    }
    expect((await cli.run("show", "evt", "--json")).code).toBe(1);
  });

  test("show a record and its payload, which can do nothing to the terminal", async () => {
    const sent = { id: unique("evt"), type: "invoice.\u001b[31mpaid", big: "\u009b2J" };
    await inbox.send("stripe", sent);
    await inbox.events.next(sent.id);
    const [{ stdout }, payload] = await Promise.all([
      cli.run("show", sent.id),
      cli.run("show", sent.id, "--payload"),
    ]);
    expect(stdout).toContain("invoice.\\u001b[31mpaid");
    expect(stdout).toContain('"big": "\\u009b2J"');
    expect(stdout).toMatch(/^Status +published$/m);
    expect(payload.stdout).toBe(JSON.stringify(sent));
    const json = await cli.run("show", sent.id, "--json");
    expect(json.stdout).not.toContain("\u009b");
    expect(json.json["payload"]).toBe(JSON.stringify(sent));
  });

  test("show a payload on a terminal only if it cannot rewrite that, or with --force", async () => {
    const [plain, hostile] = [
      { id: unique("evt"), big: "é" },
      { id: unique("evt"), big: "\u009b2J" },
    ];
    for (const payload of [plain, hostile]) await inbox.send("stripe", { ...payload, type: "invoice.paid" });
    await Promise.all([plain, hostile].map(({ id }) => inbox.events.next(id)));
    const shown = await cli.runOnTerminal("show", plain.id, "--payload");
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('"big":"é"') as string]);
    const rejected = await cli.runOnTerminal("show", hostile.id, "--payload");
    expect([rejected.code, rejected.stdout]).toEqual([2, expect.stringContaining("--force") as string]);
    expect(rejected.stdout).not.toContain("\u009b");
    const forced = await cli.runOnTerminal("show", hostile.id, "--payload", "--force");
    expect([forced.code, forced.stdout]).toEqual([0, expect.stringContaining("\u009b2J") as string]);
  });

  test("trace one webhook from its request to the bus, with the states of its execution", async () => {
    const id = await publishedAs("acme", { n: 1 });
    const { stdout } = await traced(inbox, cli, id, 5);
    expect(stepsIn(stdout)).toEqual([
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Published",
      "Published to the bus  test-tap, webhook-inbox-provider-acme-local",
    ]);
    expect(stdout).toMatch(/^│ {2}├─ from 127\.0\.0\.1$/m);
    expect(stdout).toMatch(/^│ {5}├─ PublishRun {2}Task, \d+ ms$/m);
  });

  test("say how a duplicate it differed from the request that made the webhook", async () => {
    const event = { id: unique("evt"), type: "invoice.paid" };
    const sentBy = (agent: string) =>
      inbox.send("stripe", event, { tamper: ({ headers }) => (headers["User-Agent"] = agent) });
    await sentBy("Stripe/1.0");
    await inbox.events.next(event.id);
    expect((await sentBy("Replayed/2.0")).status).toBe(200);
    const { stdout } = await traced(inbox, cli, event.id, 7);
    expect(stdout).toMatch(
      /Request a duplicate {2}[\d.]+ m?s later; user-agent: Stripe\/1\.0 → Replayed\/2\.0/,
    );
  });

  test("ask whose it is where two providers sent the same id", async () => {
    const id = await publishedAs("acme", { n: 1 });
    await inbox.send("stripe", { id, type: "invoice.paid" });
    const [rejected, mine] = await Promise.all([
      cli.run("show", id),
      cli.run("show", id, "--provider", "stripe", "--json"),
    ]);
    expect([rejected.code, rejected.stderr]).toEqual([
      2,
      expect.stringContaining("acme and stripe sent this id"),
    ]);
    expect(mine.json).toMatchObject({
      provider: "stripe",
      type: "invoice.paid",
      payload: expect.any(String),
    });
  });
});

describe("webhooks replay", () => {
  async function publish(provider: string, payload: Record<string, unknown>): Promise<string> {
    const reply = await inbox.send(provider, { unique: randomUUID(), ...payload }, { type: "thing.made" });
    const id = String(reply.json["id"]);
    await until(
      `${id} published`,
      async () => (await inbox.record(provider, id))?.["status"] === "published",
    );
    return id;
  }
  const eventsOf = async (id: string, number: number) =>
    until(`${number} events of ${id}`, async () => {
      const events = await inbox.events.of(id);
      return events.length >= number && events.map(({ detail }) => detail);
    });

  test("publishes a webhook again although it was published a moment ago, under the next number", async () => {
    const id = await publish("acme", { n: 12 });
    expect((await cli.run("replay", "acme", id, "--json")).json).toMatchObject({ replayed: 1, failed: [] });
    await eventsOf(id, 2);
    expect((await cli.run("replay", "acme", id)).code).toBe(0);
    const events = await eventsOf(id, 3);
    expect(events.map(({ replay }) => replay)).toEqual([0, 1, 2]);
    expect(events[2]).toMatchObject({
      data: { n: 12 },
      receivedat: events[0]?.["receivedat"],
      type: "thing.made",
    });
    // The workflow records it after it published it.
    await until("its record", async () => (await inbox.record("acme", id))?.["replay"] === 2);
    expect(await inbox.record("acme", id)).toMatchObject({ status: "published", replay: 2 });
  });

  test("of a range replays all in order of arrival; the same run again none twice", async () => {
    const begun = new Date().toISOString();
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await publish("acme", { n }));
    const range = ["replay", "--provider", "acme", "--since", begun, "--json"];

    const rejected = await cli.run(...range);
    expect([rejected.code, rejected.stderr]).toEqual([2, expect.stringContaining("pass --yes")]);
    const dry = await cli.run(...range, "--dry-run");
    expect((dry.json["wouldReplay"] as { id: string }[]).map(({ id }) => id)).toEqual(ids);

    const run = unique("run").replace("_", "-");
    const killed = cli.start(...range, "--yes", "--run", run, "--rate", "4");
    await eventsOf(ids[3] ?? "", 2);
    killed.process.kill("SIGKILL");
    await killed.finished;

    const second = await cli.run(...range, "--yes", "--run", run, "--rate", "100");
    expect(second).toMatchObject({ code: 0, json: { run, failed: [], left: 0 } });
    await eventsOf(ids.at(-1) ?? "", 2);
    expect(await publishedOf(ids)).toEqual([...ids, ...ids]);

    const third = await cli.run(...range, "--yes", "--run", run, "--rate", "100");
    expect(third.json).toMatchObject({ replayed: 0, doneBefore: ids.length });
    const after = await publish("acme", { n: "after" });
    await inbox.events.next(after);
    expect(await publishedOf(ids)).toHaveLength(2 * ids.length);
  });

  test("of a webhook whose record has expired takes what S3 holds, in the group of its ordering key", async () => {
    const payload = { id: unique("evt"), type: "invoice.paid", created: 1_767_225_600, account: "acct_1" };
    await inbox.send("stripe", payload);
    await until(
      "published",
      async () => (await inbox.record("stripe", payload.id))?.["status"] === "published",
    );
    const dynamodb = new DynamoDBClient(inbox.stack.emulator.client);
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: inbox.stack.outputs.dynamodb_table_name,
        Key: toItem({ pk: `stripe#${payload.id}` }),
      }),
    );
    const plan = await cli.run("replay", "--provider", "stripe", "--expired", "--dry-run", "--json");
    expect(plan.json["wouldReplay"]).toContainEqual(
      expect.objectContaining({ id: payload.id, type: "invoice.paid", status: null, group: "stripe:acct_1" }),
    );
    expect((await cli.run("replay", "stripe", payload.id)).code).toBe(0);
    const [, replayed] = await eventsOf(payload.id, 2);
    expect(replayed).toMatchObject({ replay: 1, time: "2026-01-01T00:00:00.000Z", data: payload });
  });

  test("of a payload above the inline limit sends a reference again", async () => {
    const id = await publish("acme", { filler: "x".repeat(200_000) });
    expect((await cli.run("replay", "acme", id)).code).toBe(0);
    const [first, second] = await eventsOf(id, 2);
    expect(second?.["dataref"]).toBe(first?.["dataref"]);
    expect(second?.data).toBeUndefined();
  });

  test.each([
    ["small", 1],
    ["above the inline limit", 200_000],
  ])("of a payload that expired says which key is why, and publishes nothing: %s", async (_, length) => {
    const id = await publish("acme", { filler: "x".repeat(length) });
    const { s3Key, key } = (await cli.run("show", id, "--json")).json;
    await inbox.deletePayload(String(s3Key));
    const byKey = await cli.run("replay", "acme", String(key));
    expect(byKey.code).toBe(1);
    expect(byKey.stdout + byKey.stderr).toContain("is gone: it is older than payloadRetentionDays");
    // The keys of an id are found by what is stored under it.
    const byId = await cli.run("replay", "acme", id);
    expect(byId.code).toBe(1);
    expect(byId.stderr).toContain("older than payloadRetentionDays");
    expect(await inbox.events.of(id)).toHaveLength(1);
  });
});

describe("webhooks secrets", () => {
  test("adds a secret from standard input, which the inbox takes at once beside the old one", async () => {
    const secret = `whsec_${randomUUID()}`;
    const added = await cli.runWithInput(`${secret}\n`, "secrets", "add", "acme");
    expect(added.code).toBe(0);
    const list = await cli.run("secrets", "list", "acme", "--json");
    expect(list.json["secrets"]).toMatchObject([
      { index: 0, live: true },
      { index: 1, addedAt: null },
    ]);
    expect(added.stdout + added.stderr + list.stdout).not.toContain(secret.slice(6));

    for (const known of [secret, undefined]) {
      const reply = await until(
        "a webhook signed with it",
        async () => {
          const answer = await inbox.send(
            "acme",
            { unique: randomUUID() },
            { ...(known !== undefined && { secret: known }) },
          );
          return answer.status === 202 && answer;
        },
        60_000,
      );
      expect(reply.status).toBe(202);
    }
  });

  test("retires a secret, but not the last one", async () => {
    await cli.runWithInput("whsec_new", "secrets", "add", "stripe");
    const retired = await cli.run("secrets", "retire", "stripe", "1", "--in", "24h", "--json");
    expect(Date.parse(String(retired.json["expiresAt"])) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const last = await cli.run("secrets", "retire", "stripe", "0");
    expect([last.code, last.stderr]).toEqual([2, expect.stringContaining("Add the new one first")]);
    expect((await cli.run("secrets", "retire", "stripe", "1")).code).toBe(0);
    const list = await cli.run("secrets", "list", "stripe", "--json");
    expect(list.json["secrets"]).toHaveLength(1);
  });
});

describe("webhooks", () => {
  test("status says the queue, the dead letters, the processor and what alarms ring", async () => {
    await inbox.deadLetters();
    await addDeadLetter(inbox, "acme", unique("dead"));
    // The recovery hides it for seconds while it looks through the dead letters, once a minute.
    const { code, json } = await until(
      "the dead letter to be shown",
      async () => {
        const finished = await cli.run("status", "--json");
        return (finished.json["deadLetters"] as { inFlight: number }).inFlight === 0 && finished;
      },
      30_000,
    );
    expect(code).toBe(0);
    expect(json).toMatchObject({
      queue: { waiting: 0, inFlight: 0, oldestSeconds: null },
      deadLetters: { waiting: 1, inFlight: 0 },
      processor: { state: "Enabled" },
      healthy: false,
    });
    expect(json["lastHour"]).toHaveProperty("accepted");

    // The emulator's alarms are real: others may ring for what the tests before this one did.
    const AlarmName = "webhook-inbox-message-age-local";
    const { raised } = json["alarms"] as { raised: { name: string }[] };
    expect(raised.map(({ name }) => name)).not.toContain(AlarmName);
    const setAlarm = (StateValue: "ALARM" | "OK") =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a test says so" }));
    await setAlarm("ALARM");
    const alarmed = await cli.run("status", "--exit-code");
    await setAlarm("OK");
    expect(alarmed.code).toBe(1);
    expect(alarmed.stdout).toMatch(/^dead letters +\d/m);
    expect(alarmed.stdout).toContain(`${AlarmName} The oldest message has waited too long`);
    await inbox.deadLetters();
  });

  test.each<[string[], number, string]>([
    [["dlq", "redrive"], 2, "--all"],
    [["show", "nobody"], 1, "no record of nobody (requested: acme, stripe)"],
    [["list", "--cursor", "x"], 2, "--cursor"],
    [["tail", "--since", "soon"], 2, "2026-01-02"],
    [["dlq", "show", "nobody"], 1, "No dead letter has the id nobody"],
    [["dlq", "redrive", "nobody"], 1, "No dead letter has the id nobody"],
    [["replay"], 2, "<provider> <id>"],
    [["replay", "acme", "nobody"], 1, "no payload is stored under this id"],
    [["replay", "--since", "yesterday"], 2, "2026-01-02"],
    [["replay", "--provider", "acme", "--run", "a b"], 2, "run id"],
    [["secrets", "list", "nobody"], 2, "The stack has no provider nobody. It has acme, stripe."],
    [["dlq", "list", "--older-than", "soon"], 2, "90s"],
    [["nonsense"], 2, "unknown command"],
  ])("%j ends with %i and says why on standard error", async (args, code, message) => {
    const finished = await cli.run(...args);
    expect([finished.code, finished.stdout]).toEqual([code, ""]);
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).not.toMatch(/^\s+at /m);
  });

  test("says errors as JSON where JSON is requested", async () => {
    const { stderr } = await cli.run("dlq", "redrive", "--json");
    expect(JSON.parse(stderr)).toEqual({ error: expect.stringContaining("--all") as string });
    const unparsed = await cli.run("dlq", "list", "--older-than", "soon", "--json");
    expect(unparsed.code).toBe(2);
    expect(JSON.parse(unparsed.stderr)).toEqual({ error: expect.stringContaining("90s") as string });
  });

  test("finds a stack on AWS through the Pulumi CLI", async () => {
    const env = { PATH: `${cli.fakePulumi()}:${process.env["PATH"]}` };
    const found = await cli.runBare(["status", "--stack", "prod", "--json"], env);
    expect(found).toMatchObject({ code: 0, json: { processor: { state: "Enabled" } } });
    const unknown = await cli.runBare(["status", "--stack", "nope"], env);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no stack named nope")]);
  });

  test("names what a file of outputs lacks, and asks for Pulumi where it needs it", async () => {
    const notOutputs = await cli.runBare(["status", "--outputs", "package.json"]);
    expect([notOutputs.code, notOutputs.stderr]).toEqual([
      2,
      expect.stringContaining("lack api_endpoint, dynamodb_table_name"),
    ]);
    const withoutPulumi = await cli.runBare(["status", "--stack", "prod"], { PATH: "" });
    expect([withoutPulumi.code, withoutPulumi.stderr]).toEqual([2, expect.stringContaining("Pulumi CLI")]);
    const both = await cli.runBare(["status", "--stack", "prod", "--outputs", "x.json"]);
    expect(both.code).toBe(2);
  });
});
