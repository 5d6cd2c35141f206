import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomUUID } from "node:crypto";
import { DOUBLE } from "../../functions/adapters/reconcile/call";
import { byHand } from "../support/by-hand";
import { commandLine } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { Double } from "../support/reconcile/double";
import { GitHubDouble } from "../support/reconcile/github";
import { StripeDouble } from "../support/reconcile/stripe";
import { until } from "../support/until";

/* The function by its own role, the records and the queue as they are; the providers' APIs are doubles on this machine. */

jest.setTimeout(180_000);

const MINUTE = 60_000;
const key = "rk_test_of_nobody_0123456789";
const stripe = new StripeDouble(Date.now);
const github = new GitHubDouble(Date.now);
const double = new Double([stripe.api, github.api]);
const FUNCTION = "webhook-inbox-reconcile-local";

let inbox: Inbox;
let lambda: LambdaClient;
let cli: ReturnType<typeof commandLine>;

beforeAll(async () => {
  await double.start();
  const reconcile = (more: object) => ({
    apiKey: { ssm: "/webhook-inbox/local/api-key" },
    settle: "1m",
    ...more,
  });
  inbox = await startInbox({
    config: {
      providers: [
        {
          ...{ name: "stripe", scheme: "stripe", secret: { ssm: "/webhook-inbox/local/stripe" } },
          reconcile: reconcile({ endpoint: "we_1" }),
        },
        {
          ...{ name: "github", scheme: "github", secret: { ssm: "/webhook-inbox/local/github" } },
          reconcile: reconcile({ repository: "acme/app", hook: 7 }),
        },
      ],
    },
  });
  const { client } = inbox.stack.emulator;
  const parameter = { Name: "/webhook-inbox/local/api-key", Value: key, Type: "SecureString" } as const;
  await new SSMClient(client).send(new PutParameterCommand(parameter));
  lambda = new LambdaClient(client);
  await byHand(inbox).configure(FUNCTION, (variables) => ({ ...variables, [DOUBLE]: double.url }));
  process.env[DOUBLE] = double.url;
  cli = commandLine(inbox);
});
afterAll(async () => {
  delete process.env[DOUBLE];
  cli?.close();
  await inbox?.close();
  await double.stop();
});

/** Runs the function as its schedule does. */
async function run(provider: string): Promise<void> {
  const Payload = JSON.stringify({ provider });
  const { FunctionError, Payload: answer } = await lambda.send(
    new InvokeCommand({ FunctionName: FUNCTION, Payload }),
  );
  expect([FunctionError, FunctionError && Buffer.from(answer ?? []).toString()]).toEqual([
    undefined,
    undefined,
  ]);
}

async function lastRun(provider: string) {
  const { json } = await cli.run("status", "--json");
  const states = json["reconciliations"] as { provider: string; lastRun: Record<string, unknown> }[];
  return states.find((state) => state.provider === provider)?.lastRun;
}

const eventIds = async () => (await inbox.events.all()).map(({ detail }) => detail.id);

test("events whose webhooks were withheld are published once each; another run publishes none", async () => {
  await run("stripe");
  const created = Math.floor((Date.now() - 10 * MINUTE) / 1_000);
  for (let index = 0; index < 130; index += 1)
    stripe.events.push({ id: `evt_${index}`, type: "invoice.paid", created: created + index });
  const arrived = stripe.events.slice(0, 3);
  for (const event of arrived)
    expect((await inbox.send("stripe", JSON.parse(stripe.textOf(event)))).status).toBe(202);
  await until("what arrived to be published", async () => (await eventIds()).length === arrived.length);

  const dry = await cli.run("reconcile", "stripe", "--since", "2h", "--dry-run", "--json");
  expect(dry).toMatchObject({ code: 0, json: { listed: 130, missing: 127, recovered: 0, dryRun: true } });

  await run("stripe");
  expect(await lastRun("stripe")).toMatchObject({ missing: 127, recovered: 127, unrecoverable: 0 });
  await until("every event to be published", async () => (await eventIds()).length >= 130, 60_000);
  await run("stripe");
  expect(await lastRun("stripe")).toMatchObject({ missing: 0, recovered: 0 });
  // The webhook of one arrives after all.
  const late = stripe.events[100];
  if (late) expect((await inbox.send("stripe", JSON.parse(stripe.textOf(late)))).status).toBe(200);
  await inbox.emptied();
  expect((await eventIds()).sort()).toEqual(stripe.events.map(({ id }) => id).sort());

  const { detail } = await inbox.events.next("evt_50");
  expect(detail).toMatchObject({
    type: "invoice.paid",
    receivedvia: "reconciliation",
    data: { id: "evt_50" },
  });
  expect((await inbox.events.next("evt_0")).detail).not.toHaveProperty("receivedvia");
  expect(await inbox.record("stripe", "evt_50")).toMatchObject({
    status: "published",
    receivedVia: "reconciliation",
  });
});

test("a delivery that GitHub lost is requested again, arrives signed, and is published once", async () => {
  await run("github");
  const payload = { action: "opened", repository: { id: 1 } };
  const send = (guid: string) => inbox.send("github", payload, { id: guid, type: "issues" });
  const [known, lost] = [randomUUID(), randomUUID()];
  await send(known);
  github.add({ guid: known, at: Date.now() - 5 * MINUTE, status: 202 });
  github.add({ guid: lost, at: Date.now() - 4 * MINUTE });
  await inbox.events.next(known);
  github.send = async (guid) => (await send(guid)).status;

  await run("github");
  expect(await lastRun("github")).toMatchObject({ missing: 1, recovered: 0 });
  await github.redeliver();
  expect((await inbox.events.next(lost)).detail).not.toHaveProperty("receivedvia");
  await until(
    "the record to say so",
    async () => (await inbox.record("github", lost))?.status === "published",
  );
  await run("github");
  expect(await lastRun("github")).toMatchObject({ missing: 0, recovered: 1 });
  await github.redeliver();
  expect(github.deliveries.filter(({ redelivery }) => redelivery)).toHaveLength(1);
  expect(await inbox.events.of(lost)).toHaveLength(1);
});

test("what was rejected and is in quarantine is left to a release", async () => {
  stripe.events.push({
    id: "evt_rejected",
    type: "invoice.paid",
    created: Math.floor(Date.now() / 1_000) - 300,
  });
  const [event] = stripe.events.slice(-1);
  if (event) await inbox.send("stripe", JSON.parse(stripe.textOf(event)), { secret: "whsec_of_another_one" });
  const { json } = await cli.run("reconcile", "stripe", "--since", "1h", "--json");
  expect(json).toMatchObject({ missing: 0, events: [{ id: "evt_rejected", fate: "quarantined" }] });
  expect(await inbox.events.of("evt_rejected")).toEqual([]);
});

describe("webhooks reconcile", () => {
  test("takes the endpoint and the key that the command line names", async () => {
    process.env["STRIPE_API_KEY"] = "rk_of_the_environment";
    const args = ["--endpoint", "we_1", "--api-key-env", "STRIPE_API_KEY"];
    const { code } = await cli.run("reconcile", "stripe", "--since", "1h", "--dry-run", ...args);
    expect(code).toBe(0);
    expect(double.requests.at(-1)?.headers.authorization).toBe("Bearer rk_of_the_environment");
  });

  test.each([
    [["--since", "60d"], /--since has to be .* or later/],
    [["--since", "1h", "--hook", "7"], /stripe needs endpoint/],
    [["--since", "1h", "--api-key-env", "NOT_SET"], /NOT_SET is not set/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await cli.run("reconcile", "stripe", ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("fails if the endpoint is switched off, and says so; doctor does, too", async () => {
    Object.assign(stripe.endpoint ?? {}, { status: "disabled" });
    const { code, stdout } = await cli.run("reconcile", "stripe", "--since", "1h");
    expect([code, stdout]).toEqual([1, expect.stringContaining("disabled the endpoint we_1")]);
    const { json } = await cli.run("doctor", "--no-send", "--json");
    expect(JSON.stringify(json)).toContain("disabled the endpoint we_1");
  });
});
