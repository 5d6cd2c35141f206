import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, DisableRuleCommand, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { randomUUID } from "node:crypto";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { actionsOf, allowedActions, isAction, ON_BEHALF, sorted } from "../support/aws/iam";
import { awsLimits } from "../support/aws/limits";
import { awsModels, type Models } from "../support/aws/model";
import { startObservedInbox } from "../support/aws/observed-inbox";
import { violations } from "../support/aws/violations";
import { commandLine } from "../support/cli";
import { moveAsSqsDoes } from "../support/dead-letters";
import { breakBefore, hang, type Call } from "../support/fault-proxy";
import type { Reply } from "../support/inbox";
import { until } from "../support/until";

/*
 * The product's ways once, behind a layer that rejects and throttles as AWS does, with every call recorded: of the
 * functions, the command line, the console and the workflow. What was recorded is then held against AWS's API models, and
 * each role's policy against what was recorded.
 */

jest.setTimeout(300_000);

const secret = (name: string) => ({ ssm: `/webhook-inbox/local/${name}` });

let models: Models;
let inbox: Awaited<ReturnType<typeof startObservedInbox>>;
let cli: ReturnType<typeof commandLine>;
let site: RunningConsole;
let lambda: LambdaClient;
/** What AWS enforces, for all functions. */
let layer: ReturnType<typeof awsLimits>;
beforeAll(async () => {
  [models, inbox] = await Promise.all([
    awsModels(),
    startObservedInbox({
      config: {
        alarmEmail: "ops@example.com",
        providers: [
          {
            name: "acme",
            scheme: "hmac-sha256",
            secret: secret("acme"),
            filter: "data.ignore ? false : true",
            transform: "data.poison ? $error(data.text) : data",
          },
          {
            name: "stripe",
            scheme: "stripe",
            secret: { secretsManager: "inbox/stripe" },
            orderingKey: "account",
          },
          {
            name: "notion",
            scheme: "notion",
            secret: {
              ...secret("notion"),
              learn: true,
              kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/0",
            },
          },
        ],
      },
    }),
  ]);
  layer = awsLimits(models);
  inbox.proxies.process.shortenWaits(20);
  cli = commandLine({ ...inbox, stack: inbox.seenFrom("cli") });
  site = await startConsole({ ...localConsole(inbox.seenFrom("console")), refreshMs: 0 }, 0);
  lambda = new LambdaClient(inbox.stack.emulator.client);
  // Run by hand in here: else it hides dead letters from the command line for seconds.
  const events = new EventBridgeClient(inbox.stack.emulator.client);
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const [rule] = Rules.filter(({ Name = "" }) => Name.includes("recover-every-minute"));
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
  enforce();
}, 300_000);
afterAll(async () => {
  cli?.close();
  await site?.close();
  await inbox?.close();
});

/** The layer between all functions and the emulator. @param before asked first, for one more fault */
function enforce(before: (call: Call) => ReturnType<typeof layer.decide> = () => undefined): void {
  for (const caller of ["ingest", "process", "recover"] as const)
    inbox.proxies[caller].decide((call) => before(call) ?? layer.decide(call));
}

/** Sends as a provider does: again, as long as it is asked to retry. */
const taken = (provider: string, payload: object): Promise<Reply> =>
  until("the webhook to be taken", async () => {
    const reply = await inbox.send(provider, payload, { type: "thing.made" });
    expect([200, 202, 503]).toContain(reply.status);
    return reply.status !== 503 && reply;
  });
const unique = () => ({ unique: randomUUID() });
const send = async (provider: string, payload: object) => String((await taken(provider, payload)).json["id"]);
const statusIs = (provider: string, id: string, status: string) =>
  until(`${id} ${status}`, async () => (await inbox.record(provider, id))?.["status"] === status, 40_000);

test("cold functions that Parameter Store throttles: every request is taken, and published once", async () => {
  const narrow = awsLimits(models, { readsPerSecond: 2 });
  enforce(narrow.decide);
  const ids = await Promise.all(Array.from({ length: 6 }, () => send("acme", unique())));
  enforce();
  expect(new Set(narrow.rejected)).toEqual(new Set(["ssm: ThrottlingException"]));
  for (const id of ids) await inbox.events.next(id);
  const all = (await inbox.events.all()).map(({ detail }) => detail.id);
  expect(all.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
});

test("characters that SQS rejects, in payload, id, type and ordering key, are published as they came", async () => {
  const payload = {
    id: `evt_\ufffe${randomUUID()}`,
    type: "a\uffffb",
    account: "acct\ud800",
    text: "\ufffe\uffff\udc00\u0007",
  };
  const id = await send("stripe", payload);
  expect((await inbox.events.next(id)).detail.data).toEqual(payload);
  await statusIs("stripe", id, "published");
});

test("a queue that does not answer once: the webhook is taken all the same, and published once", async () => {
  let hung = false;
  enforce(({ action }) => (action === "SQS.SendMessage" && !hung && (hung = true) ? hang : undefined));
  const id = await send("acme", unique());
  enforce();
  expect(hung).toBe(true);
  await inbox.events.next(id);
  expect(await inbox.events.of(id)).toHaveLength(1);
});

/** What a command prints, which must end with 0. */
async function webhooks(...args: string[]): Promise<string> {
  const { code, stdout } = await cli.run(...args);
  expect([args, code, stdout]).toEqual([args, 0, stdout]);
  return stdout;
}

/** Runs the recovery as its schedule would. */
async function recover(): Promise<void> {
  const FunctionName = inbox.functionNames.recover;
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from("{}") }),
  );
  if (FunctionError) throw new Error(Buffer.from(Payload ?? []).toString());
}
const mappingState = async () => {
  const FunctionName = inbox.functionNames.process;
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  return EventSourceMappings[0]?.State;
};

test("the recovery redrives what SQS itself moved", async () => {
  const id = `evt_${randomUUID()}`;
  await moveAsSqsDoes(inbox, "notion", id, new Date().toISOString());
  await recover();
  await inbox.events.next(id);
  await statusIs("notion", id, "published");
});

test("an outage pauses the processing, and the recovery lets it go on", async () => {
  enforce(({ action }) => (action.endsWith("StartSyncExecution") ? breakBefore : undefined));
  const id = await send("acme", unique());
  await until("the pause", async () => (await mappingState()) === "Disabled", 60_000);
  await recover();
  enforce();
  await recover();
  await until("the processing to go on", async () => (await mappingState()) === "Enabled");
  await inbox.events.next(id, 30_000);
  await statusIs("acme", id, "published");
});

test("a paused provider's webhook is held, and published once it resumes", async () => {
  await webhooks("pause", "acme");
  const id = await send("acme", unique());
  await until("it to be held", async () => {
    const { pauses } = JSON.parse(await webhooks("status", "--json")) as { pauses: { held: number }[] };
    return pauses[0]?.held === 1;
  });
  await webhooks("resume", "acme");
  await recover();
  await inbox.events.next(id);
});

let poison: string;
test("a poison webhook whose error holds them is dead-lettered alone, with its reason", async () => {
  // No lone surrogate: the emulator cannot write it down; tests/unit/functions/domain/characters.test.ts has them.
  poison = await send("acme", { ...unique(), poison: true, text: "bad \u0007\u001b\ufffe\uffff text" });
  const behind = await send("acme", unique());
  await statusIs("acme", poison, "dead_lettered");
  await inbox.events.next(behind);
  expect(await inbox.deadLetterCount()).toBe(1);
  expect(JSON.parse(await webhooks("dlq", "show", poison, "--json"))).toMatchObject({
    deadLetters: [{ reason: { code: "States.QueryEvaluationError" }, attempts: 3 }],
  });
});

describe("the ways of", () => {
  const forgedSecret = `whsec_${randomUUID()}`;
  let published: string;
  let large: string;
  beforeAll(async () => {
    // A duplicate, one by reference, one that the filter drops, and two that are rejected until their secret is known.
    const payload = { id: `evt_${randomUUID()}`, type: "invoice.paid", account: "acct_1" };
    published = await send("stripe", payload);
    expect((await taken("stripe", payload)).status).toBe(200);
    large = await send("acme", { ...unique(), filler: "x".repeat(150_000) });
    await statusIs("acme", await send("acme", { ...unique(), ignore: true }), "filtered");
    await statusIs("stripe", published, "published");
    await statusIs("acme", large, "published");
    const forged = [unique(), unique()].map((body) => inbox.send("acme", body, { secret: forgedSecret }));
    expect((await Promise.all(forged)).map(({ status }) => status)).toEqual([401, 401]);
    const token = randomUUID();
    expect((await inbox.post("/notion", {}, JSON.stringify({ verification_token: token }))).status).toBe(200);
    expect(
      (await inbox.send("notion", { id: randomUUID(), type: "page.created" }, { secret: token })).status,
    ).toBe(202);
  });

  const rejectedIds = async () => {
    const { rejected } = JSON.parse(await webhooks("rejected", "list", "--json")) as {
      rejected: { id: string }[];
    };
    return rejected.map(({ id }) => id);
  };

  test("the command line", async () => {
    for (const args of [
      ["status"],
      ["list", "--provider", "acme", "--limit", "3"],
      ["show", large],
      ["trace", published],
      ["tail", "--since", "1h", "--count", "1"],
      ["dlq", "list"],
    ])
      await webhooks(...args);
    const [first = ""] = await rejectedIds();
    await webhooks("rejected", "show", first);
    for (const provider of ["acme", "stripe"])
      expect((await cli.runWithInput(`${forgedSecret}\n`, "secrets", "add", provider)).code).toBe(0);
    await webhooks("secrets", "list", "acme");
    await webhooks("secrets", "retire", "stripe", "1");
    await webhooks("rejected", "release", first);
    await webhooks("replay", "stripe", published);
    await webhooks("replay", "--provider", "stripe", "--expired", "--dry-run");
    await webhooks("dlq", "redrive", poison);
    await until(
      "the poison to be dead-lettered again",
      async () => (await inbox.deadLetterCount()) === 1,
      40_000,
    );
    expect((await cli.run("doctor")).stdout).toMatch(/test webhook +acme: 202, published/);
  });

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${site.url}${path}`, {
      redirect: "manual",
      ...init,
      headers: { authorization: site.authorization },
    });
  const page = async (path: string): Promise<string> => {
    const answer = await ask(path);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  };

  test("the console", async () => {
    const [rejected = ""] = await rejectedIds();
    const key = encodeURIComponent(await inbox.keyOf("acme", poison));
    const pages = ["/", "/?status=dead_lettered", `/?text=${published}`, `/webhooks/stripe/${published}`];
    const others = [`/webhooks/acme/${key}`, "/dead-letters", "/rejected", `/rejected/${rejected}`, "/send"];
    const [, , , html = ""] = await Promise.all([...pages, ...others].map(page));
    await page(`/webhooks/stripe/${published}/payload`);
    const body = new URLSearchParams({ token: /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "" });
    for (const path of [
      `/webhooks/stripe/${published}/replay`,
      `/webhooks/acme/${key}/redrive`,
      `/rejected/${rejected}/release`,
    ])
      expect([path, (await ask(path, { method: "POST", body })).status]).toEqual([path, 303]);
  });

  test("erasing, and the provider's next attempt", async () => {
    const payload = { id: `evt_${randomUUID()}`, type: "invoice.paid", account: "acct_1" };
    const id = await send("stripe", payload);
    await statusIs("stripe", id, "published");
    // Recorded like all other writes, so that AWS's own DynamoDB has the same record.
    const seen = { ...inbox.stack.emulator.client, endpoint: inbox.proxies.cli.endpoint };
    await inbox.age("stripe", id, new DynamoDBClient(seen));
    await webhooks("erase", "stripe", id, "--reason", "a test", "--yes");
    await webhooks("erase", "--group", "acct_1", "--reason", "a test", "--dry-run");
    await webhooks("erase", "--history");
    expect((await taken("stripe", payload)).status).toBe(200);
  });
});

test("nothing that the functions sent was rejected by the layer", () => expect(layer.rejected).toEqual([]));

describe("the recorded calls", () => {
  let calls: Awaited<ReturnType<typeof inbox.calls>>;
  beforeAll(async () => {
    await inbox.emptied();
    calls = await inbox.calls(models);
  });

  test.each(["ingest", "process", "recover", "workflow", "cli", "console"])("are some of: %s", (caller) => {
    expect(calls.filter((call) => call.caller === caller).length).toBeGreaterThan(10);
  });

  test("are what AWS's models take", () => {
    expect(calls.flatMap((call) => violations(models, call))).toEqual([]);
  });

  test("would be found if one were not", () => {
    const call = calls.find(({ operation }) => operation === "SendMessage");
    const planted = { ...call!, input: { ...(call?.input as object), MessageGroupId: "a b", Colour: "red" } };
    expect(violations(models, planted)).toEqual([
      "sqs.SendMessage Colour: no such member",
      expect.stringMatching(/^sqs\.SendMessage MessageGroupId: "a b" is not what AWS takes/),
    ]);
  });

  describe("need exactly the rights of", () => {
    test.each(["ingest", "process", "recover", "workflow"] as const)("the role of: %s", async (caller) => {
      const allowed = await allowedActions(inbox.iam, inbox.roles[caller]);
      const called = calls.filter((call) => call.caller === caller).flatMap(actionsOf);
      const onBehalf = ON_BEHALF.filter(({ roles }) => roles.includes(caller)).flatMap(
        ({ actions }) => actions,
      );
      expect(allowed).toEqual(sorted([...called, ...onBehalf]));
      for (const action of allowed) expect([action, await isAction(action)]).toEqual([action, true]);
    });

    test("which are all roles with a policy of their own", async () => {
      const { Roles = [] } = await inbox.iam.send(new ListRolesCommand({}));
      const names = Roles.map(({ RoleName = "" }) => RoleName);
      const rights = await Promise.all(names.map((name) => allowedActions(inbox.iam, name)));
      const withRights = names.filter((_, index) => (rights[index] ?? []).length > 0);
      expect(withRights.sort()).toEqual(Object.values(inbox.roles).sort());
    });

    test("IAM knows no action that is made up", async () => {
      expect(await isAction("sqs:SendMessages")).toBe(false);
    });
  });
});
