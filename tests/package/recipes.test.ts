import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { randomUUID } from "node:crypto";
import { parse } from "yaml";
import { DOUBLE } from "../../functions/adapters/reconcile/call";
import { commandLine, type Finished } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { blocksOf, commandsOf, needsAws, type Block } from "../support/pages";
import { Double } from "../support/reconcile/double";
import { StripeDouble } from "../support/reconcile/stripe";
import { until } from "../support/until";

/* Runs the commands of docs/recipes.md as they stand there, in their order, on one local stack that is configured as the page says. */

jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const blocks = blocksOf("docs/recipes.md");
const runnable = blocks.filter((block) => block.language === "sh" && !needsAws(block));
const stripe = new StripeDouble(Date.now, "we_1Q2W3E");
const double = new Double([stripe.api]);

/** What a recipe's commands find, and what they get from who runs them. */
interface Scene {
  /** What has happened before. */
  readonly before?: () => Promise<unknown>;
  /** What happens after the first command that begins so. */
  readonly then?: Readonly<Record<string, () => Promise<unknown>>>;
  /** What `<name>` is, in the outputs of the commands before. */
  readonly named?: Readonly<Record<string, RegExp>>;
  /** What is typed at the keyboard. */
  readonly typed?: string;
  /** Commands that end with another code than 0. */
  readonly codes?: Readonly<Record<string, number>>;
  /** What the last command shows in the end. */
  readonly shows: RegExp;
  /** What is so afterwards, given what each command wrote. */
  readonly after: (outputs: readonly string[]) => unknown;
}

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let run: ReturnType<typeof cli.beside>;

beforeAll(async () => {
  const named = (name: string) => ({ name, scheme: name, secret: { ssm: `/webhook-inbox/local/${name}` } });
  const configured = blocks
    .filter(({ language }) => language === "yaml")
    .flatMap(({ text }) => (parse(text) as Record<string, unknown[]>)["webhook-inbox:providers"] ?? []);
  await double.start();
  inbox = await startInbox({ config: { providers: [named("stripe"), named("github"), ...configured] } });
  cli = commandLine(inbox);
  run = cli.beside();
  Object.assign(process.env, { [DOUBLE]: double.url, STRIPE_API_KEY: "rk_test_of_nobody_0123456789" });
}, 300_000);
afterAll(async () => {
  delete process.env[DOUBLE];
  delete process.env["STRIPE_API_KEY"];
  cli?.close();
  await inbox?.close();
  await double.stop();
});

const wordsOf = (command: string) => [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? "");

/** Plays a recipe, and returns what each command wrote. */
async function play(block: Block, scene: Scene): Promise<readonly string[]> {
  const { then = {}, codes = {}, named = {} } = scene;
  const commands = commandsOf(block);
  const waiting = new Map(
    Object.entries(then).map(([start, act]) => [commands.findIndex((one) => one.startsWith(start)), act]),
  );
  expect([...waiting.keys()]).not.toContain(-1);
  const outputs: string[] = [];
  let again = (): Promise<Finished> => Promise.reject(new Error(`${block.section} has no command`));
  for (const [index, command] of commands.entries()) {
    const filled = command.replace(
      /<(\w+)>/g,
      (_, name: string) => named[name]?.exec(outputs.join("\n"))?.[1] ?? `no ${name}`,
    );
    const [program, ...args] = wordsOf(filled);
    expect([filled, program]).toEqual([filled, "webhooks"]);
    again = () => run(args, scene.typed);
    const { code, stdout, stderr } = await again();
    if (code !== (codes[command] ?? 0)) throw new Error(`${filled} ended with ${code}: ${stderr}${stdout}`);
    outputs.push(stdout);
    await waiting.get(index)?.();
  }
  if (scene.shows.test(outputs.at(-1) ?? "")) return outputs;
  await until(`the last command of "${block.section}" to show ${scene.shows}`, async () =>
    scene.shows.test((await again()).stdout),
  );
  return outputs;
}

const invoice = (id: string, more: object = {}) => ({ id, type: "invoice.paid", data: { object: more } });

/** Sends Stripe's webhooks, and awaits their events. */
async function published(...webhooks: readonly { readonly id: string }[]): Promise<void> {
  for (const webhook of webhooks) expect((await inbox.send("stripe", webhook)).status).toBe(202);
  for (const { id } of webhooks) await inbox.events.next(id);
}

const lambda = () => new LambdaClient(inbox.stack.emulator.client);

/** As the schedule does every minute. */
const recover = () =>
  lambda().send(
    new InvokeCommand({ FunctionName: inbox.stack.outputs.recovery_function_name, Payload: "{}" }),
  );

/** That these are on the bus, once each and in this order. */
async function publishedOnce(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await inbox.events.next(id);
  const all = (await inbox.events.all()).map(({ detail }) => detail.id);
  expect(all.filter((id) => ids.includes(id))).toEqual(ids);
}

const rightSecret = "whsec_the_one_that_stripe_signs_with";
const newSecret = "the-new-secret-of-github";
const rejectedIds = ["evt_rejected1", "evt_rejected2"];
const missedIds = ["evt_missed1", "evt_missed2"];
const heldIds = ["evt_held1", "evt_held2", "evt_held3"];

/** How GitHub's webhook is answered if it is signed with this secret. */
const statusBy = async (secret: string) =>
  (await inbox.send("github", { zen: "-" }, { id: randomUUID(), type: "ping", secret })).status;
const oldSecret = () => inbox.stack.providers["github"]?.secret ?? "";

/** The function reads the secrets again, as it does within five minutes: its worker is another one. */
const readAgain = () =>
  lambda().send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: inbox.stack.outputs.ingestion_function_name,
      Timeout: 20,
    }),
  );
const bothVerify = async () => {
  await readAgain();
  expect([await statusBy(newSecret), await statusBy(oldSecret())]).toEqual([202, 202]);
};

/** Puts what the recovery function counts every minute, for a while, of a provider that sends nothing. */
async function silent(provider: string, hours: number): Promise<void> {
  const MetricData = Array.from({ length: hours * 60 }, (_, minute) => minute).flatMap((minute) =>
    ["Accepted", "Duplicate"].map((MetricName) => ({
      ...{ MetricName, Value: 0, Dimensions: [{ Name: "Provider", Value: provider }] },
      Timestamp: new Date(Date.now() - minute * 60_000),
    })),
  );
  const Namespace = inbox.stack.outputs.metric_namespace;
  await new CloudWatchClient(inbox.stack.emulator.client).send(
    new PutMetricDataCommand({ Namespace, MetricData }),
  );
}

const scenes: Readonly<Record<string, Scene>> = {
  "A scheme of your own": {
    named: { id: /"id":"(evt_\w+)"/ },
    shows: /invoice\.paid[\s\S]*^Status +published$/m,
    after: ([provider]) => expect(provider).toContain(`${inbox.stack.outputs.api_endpoint}/acme`),
  },
  "A wrong secret": {
    before: async () => {
      for (const id of rejectedIds)
        expect((await inbox.send("stripe", invoice(id), { secret: rightSecret })).status).toBe(401);
    },
    named: { rejected: /(stripe\/\d+T\w+-\w+)/ },
    typed: rightSecret,
    shows: /evt_rejected2 +published[\s\S]*evt_rejected1 +published/,
    after: async ([status]) => {
      expect(status).toContain("webhooks secrets add stripe && webhooks rejected release --provider stripe");
      await publishedOnce(...rejectedIds);
    },
  },
  "Missed events": {
    before: async () => {
      const created = Math.floor((Date.now() - HOUR_MS) / 1_000);
      const arrived = { id: "evt_arrived", type: "invoice.paid", created };
      stripe.events = [arrived, ...missedIds.map((id, n) => ({ ...arrived, id, created: created + n }))];
      await published({ ...arrived });
    },
    shows: /^3 events compared, 0 missing/m,
    after: async ([dryRun, recovered]) => {
      expect(dryRun).toContain("3 events compared, 2 missing.");
      expect(recovered).toContain("2 missing, 2 recovered");
      await publishedOnce("evt_arrived", ...missedIds);
    },
  },
  "Pause a provider": {
    then: {
      "webhooks pause": async () => {
        for (const id of heldIds) await inbox.send("stripe", invoice(id));
        await until("the webhooks to be held", async () =>
          (await run(["status"])).stdout.includes("3 webhooks held"),
        );
        expect((await inbox.events.all()).filter(({ detail }) => heldIds.includes(detail.id))).toEqual([]);
      },
      "webhooks resume": recover,
    },
    shows: /stripe +resumes, 0 webhooks still held/,
    after: async (outputs) => {
      expect(outputs[1]).toMatch(/stripe +paused .*: billing is being migrated; 3 webhooks held/);
      await publishedOnce(...heldIds);
    },
  },
  "Find a webhook": {
    before: () => published(invoice("evt_of_person", { customer: "cus_123" }), invoice("evt_of_another")),
    named: { id: /(evt_\w+)/ },
    shows: /"customer":"cus_123"/,
    after: ([found]) => expect(found).toMatch(/^.* evt_of_person +published  data\.object\.customer=cus_123/),
  },
  "Erase a person": {
    before: () => inbox.age("stripe", "evt_of_person"),
    named: { id: /(evt_\w+)/ },
    shows: /^Status +erased$[\s\S]*^The payload was erased\.$/m,
    after: async () => {
      expect(await inbox.record("stripe", "evt_of_person")).toMatchObject({ status: "erased" });
      expect(await inbox.record("stripe", "evt_of_another")).toMatchObject({ status: "published" });
    },
  },
  "Rotate a secret": {
    then: { "webhooks secrets add": bothVerify, "webhooks secrets retire": bothVerify },
    typed: newSecret,
    shows: /^No rejected requests\.$/m,
    after: async (outputs) => {
      expect(outputs[3]).toMatch(/^0 .* never\n1 .*T.*Z$/m);
      // The day has passed.
      await run(["secrets", "retire", "github", "1", "--in", "1s"]);
      await until("the old secret to expire", async () => {
        const { json } = await run(["secrets", "list", "github", "--json"]);
        return (json["secrets"] as { live: boolean }[])[1]?.live === false;
      });
      await readAgain();
      expect([await statusBy(newSecret), await statusBy(oldSecret())]).toEqual([202, 401]);
    },
  },
  Silence: {
    before: () => silent("shopify", 6),
    then: {
      "webhooks doctor": async () => {
        // Twice: the emulator hands over a function's last lines at its next invocation.
        for (const id of [1, 2])
          await inbox.send("shopify", { id }, { type: "orders/create", id: randomUUID() });
      },
    },
    codes: { "webhooks doctor --no-send": 1 },
    shows: /alarms +none of \d+/,
    after: (outputs) => {
      expect(outputs[0]).toMatch(
        /webhook-inbox-silence-shopify-local No webhook of shopify was accepted for 6h/,
      );
      expect(outputs[1]).toMatch(/last +none in the last 7 days/);
      expect(outputs[3]).toMatch(/PROBLEM +alarm webhook-inbox-silence-shopify-local +raised/);
    },
  },
};

test.each(runnable.map((block) => [block.section, block] as const))("%s", async (section, block) => {
  const scene = scenes[section];
  if (!scene) throw new Error(`no scene for the commands under "${section}"`);
  await scene.before?.();
  const outputs = await play(block, scene);
  await scene.after(outputs);
});

test("every recipe is run here, or needs AWS", () => {
  expect(runnable.map(({ section }) => section)).toEqual(Object.keys(scenes));
});
