/* oxlint-disable max-lines -- one deployed stack and one browser serve all of it; a second file would start both again. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { shardOf } from "../../functions/adapters/indexes";
import { recordKey } from "../../functions/domain/webhook";
import { secretStore } from "../../inbox/secrets";
import { readTrace } from "../../inbox/trace/read";
import { CACHE } from "../../local/paths";
import { configuredProviders } from "../../local/secrets";
import { inBrowser, startBrowser } from "../support/browser";
import { consumerServer } from "../support/consumer-server";
import { consumerMessage, deadLetterOf, undeliver } from "../support/dead-letters";
import { startInbox, type Inbox } from "../support/inbox";
import { storeRecords } from "../support/old-records";
import { until } from "../support/until";

jest.setTimeout(180_000);

const { describe, test } = inBrowser();

const SCREENSHOTS = join(CACHE, "screenshots");

/** Seconds for which the newcomer's webhook fails: longer than its three attempts take. */
const OUTAGE_SECONDS = 20;

/** Steps of a webhook that ends in the dead-letter queue. */
const DEAD_LETTERED = [
  "Request accepted",
  "Payload and record stored",
  "Queued",
  "Failed, attempt 1",
  "Failed, attempt 2",
  "Failed, attempt 3",
  "Moved to the dead-letter queue",
];

let inbox: Inbox;
let site: RunningConsole;
let readOnly: RunningConsole;
let browser: Browser;
/** One person's browser, which has opened the addresses that were printed. */
let person: BrowserContext;
let page: Page;
/** Webhooks that take their time, sent before all else; each is a group of its own, which holds up no other. */
let failedTwice: string;
let poison: string;
/** What the browser complained of; a script that a webhook smuggled in would be among it. */
const complaints: string[] = [];

const crm = consumerServer();

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  inbox = await startInbox({
    config: {
      providers: [
        ...configuredProviders().filter(({ name }) => ["stripe", "github", "flaky"].includes(name)),
        {
          name: "acme",
          scheme: "hmac-sha256",
          secret: { ssm: "/webhook-inbox/local/acme" },
          orderingKey: "unique",
          // Fails for ever, or until the workflow has counted as many failures as the payload asks for.
          transform:
            "data.poison or $lookup($records, $webhook.key).failures < data.failures ? $error('not this time') : data",
        },
      ],
      consumers: [
        {
          name: "crm",
          when: "type = 'for.crm'",
          http: {
            url: await crm.start(),
            secret: { ssm: "/webhook-inbox/local/consumer-crm" },
            maxAttempts: 2,
          },
        },
        { name: "reports", when: "type = 'for.reports'", queue: {} },
      ],
    },
  });
  const options = { ...localConsole(inbox.stack), refreshMs: 300 };
  site = await startConsole(options, 0);
  readOnly = await startConsole({ ...options, allowWrites: false }, 0);
}, 300_000);
// The first time it is fetched.
beforeAll(async () => {
  browser = await startBrowser();
  person = await browser.newContext({ viewport: { width: 1_280, height: 860 } });
  // Milliseconds; a busy machine takes half a minute for what takes a second alone.
  person.setDefaultTimeout(60_000);
  const first = await person.newPage();
  await first.goto(site.address);
  await first.goto(readOnly.address);
  await first.close();
}, 300_000);
afterAll(async () => {
  crm.close();
  await browser?.close();
  await Promise.all([site?.close(), readOnly?.close()]);
  await inbox?.close();
});

beforeEach(async () => {
  complaints.length = 0;
  page = await person.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  await page.close();
});

const open = (path: string) => page.goto(`${site.url}${path}`);
const screenshot = (name: string) =>
  page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
const row = (id: string) => page.locator("tr", { hasText: id });

async function send(
  provider: string,
  payload: Record<string, unknown>,
  type = "thing.made",
): Promise<string> {
  const reply = await inbox.send(provider, { unique: randomUUID(), ...payload }, { type });
  expect(reply.status).toBe(202);
  return String(reply.json["id"]);
}
const sendStripe = (id = `evt_${randomUUID().slice(0, 8)}`) =>
  send("stripe", { id, type: "invoice.paid", created: 1_767_225_600 });
const reaches = (status: string, provider: string, id: string) =>
  until(`${id} ${status}`, async () => (await inbox.record(provider, id))?.["status"] === status, 40_000);
const operations = async (id: string) => (await inbox.record("acme", id))?.["operations"];
const trace = async (provider: string, id: string) =>
  readTrace(localConsole(inbox.stack).inbox, provider, await inbox.keyOf(provider, id));
/** Kinds of a trace's steps that are not of the same moment. */
const story = async (provider: string, id: string) =>
  (await trace(provider, id))?.steps.map(({ title }) => title);

/** Awaits an answer to the page, which refreshes itself, that has this text. */
const refreshedWith = (text: string) =>
  page.waitForResponse(async (response) => (await response.text()).includes(text));

/** Event id in the address of a webhook's page. */
const idIn = async (link: Locator) =>
  decodeURIComponent((await link.getAttribute("href"))?.split("/").at(-1) ?? "");

/**
 * Awaits a webhook's whole story. A line that a function wrote while the machine was busy, the emulator hands over at
 * the next invocation, so there has to be one.
 */
async function expectTrace(provider: string, id: string, titles: readonly string[]): Promise<void> {
  const whole = until("the whole story", async () => {
    if (isDeepStrictEqual(await story(provider, id), titles)) return true;
    await sendStripe();
    return false;
  });
  // What differs is reported better below.
  await whole.catch(() => undefined);
  expect(await story(provider, id)).toEqual(titles);
}

describe("a user who has just run npm start", () => {
  test("makes one fail, sees another arrive meanwhile, finds the dead letter and sees it through", async () => {
    const follow = page.getByRole("link", { name: "Follow it through the inbox" });
    await open("/");
    await page.getByRole("link", { name: "Dead letters" }).click();
    await page.getByRole("link", { name: "the sample that fails" }).click();
    const payload = page.locator("textarea");
    await payload.fill((await payload.inputValue()).replace("15", String(OUTAGE_SECONDS)));
    await page.getByRole("button", { name: "Sign and send" }).click();
    const outage = await idIn(follow);

    const list = await person.newPage();
    await list.goto(site.url);
    await page.getByRole("link", { name: "Send", exact: true }).click();
    await page.getByRole("button", { name: "Sign and send" }).click();
    // In the other window, which nobody reloads.
    await list.locator("tr", { hasText: await idIn(follow) }).waitFor();
    await follow.click();
    await page.locator(".timeline").getByText("Published to the bus").waitFor();

    await list.locator("tr", { hasText: outage }).getByRole("link").click();
    await list.locator(".timeline").getByText("Failed, attempt 1").waitFor();
    await list.locator(".timeline").getByText("Moved to the dead-letter queue").waitFor();
    await list.close();
    await page.getByRole("link", { name: "Dead letters" }).click();
    const deadLetter = page.locator(".dead-letters li", { hasText: "flaky" });
    await deadLetter.getByText(`It fails for ${OUTAGE_SECONDS} seconds`).waitFor();
    // The outage is counted from the receipt, which a busy machine makes later than the click.
    const receivedAt = Date.parse((await inbox.record("flaky", outage))?.["receivedAt"] ?? "");
    await until("the end of its outage", () =>
      Promise.resolve(Date.now() > receivedAt + OUTAGE_SECONDS * 1_000),
    );
    await deadLetter.getByText("Redrive…").click();
    await deadLetter.getByRole("button", { name: "Redrive" }).click();
    await page.locator(".timeline").getByText("Published to the bus").waitFor();
    await page.locator("#head").getByText("published").waitFor();
    await expectTrace("flaky", outage, [
      ...DEAD_LETTERED,
      "Redriven from the dead-letter queue",
      "Published",
      "Published to the bus",
    ]);
    await screenshot("seen-through");
  });
});

describe("the list", () => {
  test("shows a webhook as it comes in and as its status changes, without a reload", async () => {
    await open("/");
    const id = await sendStripe();
    await row(id).waitFor();
    await row(id).getByText("published").waitFor();
    expect(await row(id).textContent()).toContain("invoice.paid");
    await screenshot("list");
  });

  test("takes a click that lasts longer than a refresh", async () => {
    const id = await sendStripe();
    await open("/");
    await row(id).getByRole("link").hover();
    await page.mouse.down();
    const next = await sendStripe();
    await refreshedWith(next);
    await refreshedWith(next);
    await page.mouse.up();
    await page.waitForURL(`**/${id}`);
  });

  test("filters by provider, status, type and text, and says what to do where nothing is left", async () => {
    const [stripe, acme] = [await sendStripe(), await send("acme", { n: 1 }, "build.finished")];
    await reaches("published", "acme", acme);
    await open("/");
    await row(acme).waitFor();
    await page.getByLabel("Provider").selectOption("acme");
    await page.getByLabel("Status").selectOption("published");
    await page.getByLabel("Type").fill("build");
    await page.getByLabel("Text").fill(acme.slice(0, 10));
    await page.getByRole("button", { name: "Filter" }).click();
    await row(acme).waitFor();
    expect(await row(stripe).count()).toBe(0);

    await page.getByLabel("Text").fill("no such thing");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    await page.getByRole("link", { name: "Clear it" }).click();
    await row(stripe).waitFor();
  });

  test("turns its pages", async () => {
    const ids = await storeRecords(localConsole(inbox.stack).inbox, "archive", 53);
    await open("/?provider=archive");
    expect(await page.locator("[data-row]").count()).toBe(50);
    const first = await page.locator("[data-row]").allTextContents();
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL(/cursor=/);
    const second = await page.locator("[data-row]").allTextContents();
    expect([...first, ...second]).toEqual(ids);
  });

  test("counts by provider and plots the last hour", async () => {
    await sendStripe();
    await open("/");
    await page.getByRole("img", { name: /[1-9]\d* accepted, [1-9]\d* published/ }).waitFor();
    await page.getByText("By provider, last hour").click();
    await page.locator(".providers tr", { hasText: "stripe" }).waitFor();
  });

  test("is worked by keyboard alone", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await open("/");
    await page.keyboard.press("/");
    await page.keyboard.type(id);
    await page.keyboard.press("Enter");
    await page.waitForURL(/text=/);
    await page.locator("body").press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: id }).waitFor();
    await page.locator("a[href='#state-PublishRun']").press("Enter");
    await page.getByRole("heading", { name: /^PublishRun/ }).waitFor();
  });
});

describe("a trace says exactly what happened to", () => {
  beforeAll(async () => {
    failedTwice = await send("acme", { failures: 2 });
    poison = await send("acme", { poison: true });
  });

  test("a webhook that was published at once", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await until("its event", async () => ((await trace("stripe", id))?.events.length ?? 0) === 1);
    await expectTrace("stripe", id, [
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Published",
      "Published to the bus",
    ]);
    const found = await trace("stripe", id);
    expect(found?.gaps).toEqual([]);
    // One X-Ray trace from the API over the queue to the workflow.
    expect(found?.xrayTraceIds).toHaveLength(1);
    expect(found?.steps[0]?.facts).toMatchObject({
      answer: "202",
      from: "127.0.0.1",
      signature: "matches secret 1",
      "user-agent": expect.any(String) as string,
    });
    expect(JSON.stringify(found)).not.toContain("Stripe-Signature");
    expect(JSON.stringify(found)).not.toContain(inbox.stack.providers["stripe"]?.secret);
  });

  test("a webhook that failed twice and then succeeded", async () => {
    const id = failedTwice;
    await reaches("published", "acme", id);
    expect((await inbox.record("acme", id))?.["unresolved"]).toBeUndefined();
    await until("its event", async () => ((await trace("acme", id))?.events.length ?? 0) === 1);
    await expectTrace("acme", id, [
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Failed, attempt 1",
      "Failed, attempt 2",
      "Published",
      "Published to the bus",
    ]);
    await open(`/webhooks/acme/${id}`);
    expect(await page.locator(".tabs a").allTextContents()).toEqual(["1 failed", "2 failed", "3 published"]);
    await page.getByRole("link", { name: "execution 1" }).click();
    await page.waitForURL(/execution=0/);
    // The first one failed in the Map and had nothing to publish; the third one published.
    expect(await page.locator(".node.bad").count()).toBe(2);
    expect(await page.getByRole("link", { name: /^EnrichEach, failed, \d+ ms/ }).count()).toBe(1);
    expect(await page.locator("a[href='#state-PublishRun']").count()).toBe(0);
    expect(await page.locator("a[href='#state-RecordStatuses']").count()).toBe(1);
    await page.getByRole("link", { name: "3 published" }).click();
    await page.locator("a[href='#state-PublishRun']").click();
    await page.locator("#state-PublishRun", { hasText: "EventId" }).waitFor();
    await screenshot("trace");
  });

  test("a poison one, which is among the dead letters with its reason", async () => {
    await reaches("dead_lettered", "acme", poison);
    expect((await inbox.record("acme", poison))?.["unresolved"]).toBe(
      `dead_lettered#${shardOf(recordKey("acme", await inbox.keyOf("acme", poison)))}`,
    );
    await expectTrace("acme", poison, [...DEAD_LETTERED]);
    await open("/dead-letters");
    await page.locator(".dead-letters li", { hasText: poison }).getByText("not this time").waitFor();
    await screenshot("dead-letters");
  });

  test("a duplicate", async () => {
    const id = `evt_${randomUUID().slice(0, 8)}`;
    const payload = { id, type: "invoice.paid" };
    await inbox.send("stripe", payload);
    await reaches("published", "stripe", id);
    expect((await inbox.send("stripe", payload)).status).toBe(200);
    await expectTrace("stripe", id, [
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Published",
      "Published to the bus",
      "Request a duplicate",
      "Queued again, under the same deduplication id",
    ]);
  });
});

describe("what a person does", () => {
  test("replay publishes once more under the next number, after it was confirmed", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await open(`/webhooks/stripe/${id}`);
    await page.getByText("Replay…").click();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText("The replay is in the queue").waitFor();
    await until("the second event", async () => (await inbox.events.of(id)).length === 2);
    expect((await inbox.events.of(id)).map(({ detail }) => detail["replay"])).toEqual([0, 1]);
    // The page follows by itself.
    await page.locator("#timeline").getByText("Replay 1 requested").waitFor();
    await page.locator(".timeline li", { hasText: "Published to the bus" }).nth(1).waitFor();
    await expectTrace("stripe", id, [
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Published",
      "Published to the bus",
      "Replay 1 requested",
      "Published",
      "Published to the bus",
    ]);
  });

  test("pauses a provider with a reason, sees what is held, and resumes it", async () => {
    await open("/status");
    const card = () =>
      page.locator("li", { has: page.getByRole("heading", { name: "github", exact: true }) });
    await card().getByText("Pause…").click();
    await card().getByLabel("Why").fill("a migration");
    await card().getByRole("button", { name: "Pause" }).click();
    await card()
      .getByText(/paused .* by .*: a migration; 0 held/)
      .waitFor();
    const reply = await inbox.send("github", { action: "opened" }, { type: "issues" });
    expect(reply.status).toBe(202);
    await until("it is held", async () => {
      await open("/status");
      return (await card().getByText("; 1 held").count()) === 1;
    });
    await screenshot("status");
    await card().getByText("Resume…").click();
    await card().getByRole("button", { name: "Resume" }).click();
    await card().getByText("resumes, 1 still held").waitFor();
  });

  test("redrives all dead letters of one cause", async () => {
    const own = await send("acme", { poison: true });
    await reaches("dead_lettered", "acme", own);
    await open("/status");
    const card = page.locator("li", { hasText: "acme · dead-lettered" });
    await card.getByText("not this time").waitFor();
    await screenshot("status-causes");
    await page.setViewportSize({ width: 390, height: 800 });
    expect(
      await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBe(0);
    await screenshot("status-causes-phone");
    await card.getByText("Redrive all…").click();
    await card.getByRole("button", { name: "Redrive all" }).click();
    await page.getByText(/^\d+ done/).waitFor();
    await reaches("dead_lettered", "acme", own);
    const operations = (await inbox.record("acme", own))?.["operations"];
    expect(operations).toMatchObject([{ kind: "redrive" }]);
  });

  test("replays the webhooks that the targets of a rule did not take", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await undeliver(inbox, "stripe", id, "orders");
    await open("/status");
    const card = page.locator("li", { hasText: "orders · not taken by a target" });
    await card.getByText("NO_RESOURCE").waitFor();
    await card.getByText("Replay all…").click();
    await card.getByRole("button", { name: "Replay all" }).click();
    await page.getByText("1 done").waitFor();
    expect(await card.count()).toBe(0);
    await until("its replay", async () => (await inbox.record("stripe", id))?.replay === 1);
  });

  test("releases all rejected requests of one cause, once the right secret is stored", async () => {
    const ids = [randomUUID(), randomUUID()];
    const right = `right-${randomUUID()}`;
    const signed = { secret: right, type: "push" };
    for (const id of ids)
      expect((await inbox.send("github", { unique: id }, { ...signed, id })).status).toBe(401);
    await open("/status");
    const card = page.locator("li", { hasText: "github · rejected" });
    const releaseAll = async () => {
      await card.getByText("Release all…").click();
      await card.getByRole("button", { name: "Release all" }).click();
    };
    await card.getByText("2 × github").waitFor();
    await releaseAll();
    await page.getByText("0 done, 2 left as they were.").waitFor();

    const { clients } = localConsole(inbox.stack).inbox;
    const store = secretStore({ ssm: "/webhook-inbox/local/github" }, clients);
    await store.write([...(await store.read()), { secret: right }]);
    await releaseAll();
    await page.getByText("2 done.").waitFor();
    expect(await card.count()).toBe(0);
    for (const id of ids) await reaches("published", "github", id);
  });

  test("what cannot be done is reported", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await open(`/webhooks/stripe/${id}`);
    const token = await page.locator("input[name=token]").first().getAttribute("value");
    const body = new URLSearchParams({ token: token ?? "" });
    const reply = await fetch(`${site.url}/webhooks/stripe/${id}/redrive`, {
      method: "POST",
      body,
      headers: { authorization: site.authorization },
    });
    expect([reply.status, await reply.text()]).toEqual([
      409,
      expect.stringContaining("was not found in the dead-letter queue") as string,
    ]);
  });

  test("a sample is signed, sent and followed; a forged one is rejected", async () => {
    await open("/send");
    await page.locator("textarea").fill("edited");
    await page.getByRole("combobox").selectOption("github-pull-request.json");
    expect(await page.locator("textarea").inputValue()).toBe("edited");
    await page.getByRole("button", { name: "Take this sample" }).click();
    await page.locator("textarea", { hasText: "pull_request" }).waitFor();
    await page.getByRole("button", { name: "Sign and send" }).click();
    await page.getByRole("status").getByText("202", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Follow it through the inbox" }).click();
    await page.locator(".timeline").getByText("Published to the bus").waitFor();
    expect(await page.locator("#head").textContent()).toContain("github · pull_request.opened");

    await open("/send");
    await page.getByLabel(/invalid signature/).check();
    await page.getByRole("button", { name: "Sign and send" }).click();
    await page.getByRole("status").getByText("401", { exact: true }).waitFor();
    expect(await page.content()).not.toContain(inbox.stack.providers["stripe"]?.secret);
  });
});

/** Opens what a button is about to do. */
const opened = async (within: Page | Locator, label: RegExp) => {
  const details = within.locator("details.confirm", { hasText: label }).first();
  await details.locator("summary").click();
  return details;
};
/** Opens what a button is about to do, and does it. */
const confirm = async (within: Page | Locator, label: RegExp, reason?: string) => {
  const details = await opened(within, label);
  if (reason !== undefined) await details.getByLabel("Reason").fill(reason);
  await details.getByRole("button", { name: label }).click();
};

describe("a consumer", () => {
  const deliveries = async (id: string) =>
    (await trace("acme", id))?.deliveries.map(({ consumer, replay, status }) => [consumer, replay, status]);

  test("that fails is seen with its errors; all of one are redriven at once, and one is discarded", async () => {
    const ids = await Promise.all([1, 2, 3].map((n) => send("acme", { n }, "for.crm")));
    for (const id of ids)
      await until(
        "dead-lettered",
        async () => (await deliveries(id))?.some(([, , status]) => status === "dead_lettered"),
        40_000,
      );
    await open("/consumers");
    await page.locator("li.card", { hasText: "crm" }).getByText("answered 500").waitFor();
    await screenshot("consumers");
    await page.getByRole("link", { name: "crm", exact: true }).click();
    const group = page.locator("li.card", { hasText: "Http500" });
    expect(await group.locator(".chip").first().textContent()).toBe("3");
    expect(await group.locator(".error").first().textContent()).toBe("no such customer");
    await screenshot("consumer");

    await group.getByText("The webhooks").click();
    await confirm(group.locator("ul.events > li").first(), /^Discard/, "customer is gone");
    await page.getByText("It is discarded").waitFor();
    const discarded = decodeURIComponent(page.url().split("/").at(-1)?.split("?")[0] ?? "");
    const keys = await Promise.all(ids.map((id) => inbox.keyOf("acme", id)));
    const given = ids[keys.indexOf(discarded)] ?? "";
    const first = ids.find((id) => id !== given) ?? "";
    expect(await operations(given)).toMatchObject([
      { kind: "discard", consumer: "crm", reason: "customer is gone" },
    ]);

    crm.answer = 204;
    await open("/consumers/crm");
    await confirm(page, /^Redrive all 2/);
    await page.getByText("They are in the consumer's queue again.").waitFor();
    await until("delivered", async () => (await deliveries(first))?.[0]?.[2] === "delivered", 40_000);
    expect(await operations(first)).toMatchObject([{ kind: "redrive", consumer: "crm" }]);
  });

  test("is shown on a webhook's page with each attempt, and the webhook is replayed to it alone", async () => {
    crm.answer = 204;
    const id = await send("acme", {}, "for.crm");
    await open(`/webhooks/acme/${encodeURIComponent(await inbox.keyOf("acme", id))}`);
    const card = page.locator("#deliveries li.card", { hasText: "crm" });
    await card.getByText("answered 204").waitFor();
    expect(await page.locator("#deliveries li.card", { hasText: "reports" }).textContent()).toContain(
      "not sent",
    );
    const before = crm.calls;
    await confirm(card, /^Replay to it/);
    await page.getByText("The replay is in the queue").waitFor();
    await card.getByText("replay 1").waitFor();
    await screenshot("webhook-consumers");
    expect(crm.calls).toBe(before + 1);
    expect(await inbox.events.of(id)).toHaveLength(1);
    expect(await story("acme", id)).toEqual(
      expect.arrayContaining(["Delivered to crm", "Replay 1 to crm requested"]),
    );
  });

  test("is sent more than ten dead letters again only if all of them were confirmed", async () => {
    for (let number = 0; number < 11; number += 1)
      await deadLetterOf(inbox, "reports", consumerMessage("acme", randomUUID(), "acme", number), "Failed");
    await open("/consumers/reports");
    await page.locator("input[name=many]").evaluate((box) => box.remove());
    await confirm(page, /^Redrive all 11/);
    await page.getByText("There are 11 by now.").waitFor();
    await page.getByRole("link", { name: "Back" }).click();
    await page.locator("summary", { hasText: "Redrive all 11" }).click();
    await page.getByLabel("Yes, all 11").check();
    await page.getByRole("button", { name: "Redrive all 11" }).click();
    await page.getByText("They are in the consumer's queue again.").waitFor();
  });

  test("is paused and resumed, and what waits for another attempt is tried at once", async () => {
    crm.answer = 503;
    const id = await send("acme", {}, "for.crm");
    await until("the failure", async () => (await deliveries(id))?.[0]?.[2] === "failed", 40_000);
    await open("/consumers/crm");
    const waiting = page.locator("li.card", { hasText: "answered 503, attempt 1" });
    await waiting.getByText("Next attempt").waitFor();
    await confirm(page, /^Pause/);
    await page.getByText("an operator paused it").waitFor();
    await screenshot("consumer-waiting");
    crm.answer = 204;
    await confirm(page, /^Resume/);
    await page.getByText("what waited is tried now").waitFor();
    await page.locator("#head").getByText("active").waitFor();
    // By itself it would be an hour later.
    await until("delivered", async () => (await deliveries(id))?.[0]?.[2] === "delivered", 40_000);
  });
});

describe("dead letters of the inbox", () => {
  test("with one error are redriven at once, and one is discarded with a reason", async () => {
    const deadLettered = async (n: number) => {
      const id = await send("acme", { n, failures: 3 });
      await reaches("dead_lettered", "acme", id);
      return id;
    };
    const given = await deadLettered(1);
    await open("/dead-letters");
    const discard = await opened(page.locator("li.card", { hasText: given }), /^Discard/);
    await discard.getByLabel("Reason").fill("test data");
    // What is typed outlasts the refresh that shows another one.
    const kept = await deadLettered(2);
    await refreshedWith(kept);
    await refreshedWith(kept);
    await discard.getByRole("button", { name: "Discard" }).click();
    await page.getByText("It is discarded; its record says").waitFor();
    expect(await operations(given)).toMatchObject([{ kind: "discard", reason: "test data" }]);
    await open("/dead-letters");
    // By its id an opened confirmation stays with its webhook when another takes the place.
    expect(await page.locator(`li.card details.confirm[id*="${kept}"]`).count()).toBe(2);
    await confirm(page.locator("ul.errors li", { hasText: "States.QueryEvaluationError" }), /^Redrive all/);
    await page.getByText("They are in the queue again.").waitFor();
    expect(await operations(kept)).toMatchObject([{ kind: "redrive" }]);
  });
});

describe("hostile content", () => {
  const SCRIPT = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\`</pre></textarea>`;

  test("in a body, an id and a type is shown as the text that it is", async () => {
    const id = `evt_"><script>alert(3)</script>${randomUUID().slice(0, 4)}`;
    const reply = await inbox.send("stripe", { id, type: `x${SCRIPT}`, note: SCRIPT });
    expect(reply.status).toBe(202);
    const taken = String(reply.json["id"]);
    await reaches("published", "stripe", taken);
    await open(`/?text=${encodeURIComponent(SCRIPT)}&type=${encodeURIComponent(SCRIPT)}`);
    await open("/");
    await row(taken.slice(0, 16)).getByRole("link").click();
    await page.getByRole("heading", { name: taken }).waitFor();
    expect(await page.locator("#payload").textContent()).toContain("<script>alert(1)</script>");
    await page.locator("#events").getByText("alert(1)").first().waitFor();
    expect(await page.locator("main script, main img").count()).toBe(0);
    await page.getByRole("link", { name: "Download as received" }).waitFor();
  });

  test("in a header is shown as text, and no signature is", async () => {
    const reply = await inbox.send(
      "github",
      { hello: randomUUID() },
      {
        type: "push",
        tamper: ({ headers }) => {
          headers["user-agent"] = "<script>alert(4)</script>";
        },
      },
    );
    const id = String(reply.json["id"]);
    await reaches("published", "github", id);
    await expectTrace("github", id, [
      "Request accepted",
      "Payload and record stored",
      "Queued",
      "Published",
      "Published to the bus",
    ]);
    await open(`/webhooks/github/${id}`);
    await page.locator("#request").getByText("<script>alert(4)</script>").waitFor();
    await page.locator(".timeline li").first().getByText("Details").click();
    await page.locator(".timeline").getByText("<script>alert(4)</script>").waitFor();
    expect(await page.content()).not.toMatch(/x-hub-signature|sha256=/i);
  });

  test("a payload is downloaded byte for byte and never rendered", async () => {
    const body = Buffer.from('{"id":"evt_bytes","type":"a.b","big":12345678901234567890, "html":"<b>"}');
    await inbox.send("stripe", body);
    const reply = await fetch(`${site.url}/webhooks/stripe/evt_bytes/payload`, {
      headers: { authorization: site.authorization },
    });
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(body);
    expect(reply.headers.get("content-type")).toBe("application/octet-stream");
    expect(reply.headers.get("content-disposition")).toContain("attachment");
    expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("the console keeps others out:", () => {
  test("nothing but its own files may run or load", async () => {
    const reply = await fetch(site.url, { headers: { authorization: site.authorization } });
    const policy = reply.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test.each([
    ["a name that was rebound to this machine", { host: "evil.example" }, 403],
    ["a page of another site", { origin: "https://evil.example" }, 403],
    ["a form without the token", { origin: "own" }, 403],
  ])("%s", async (_, given, status) => {
    const headers = Object.fromEntries(
      Object.entries({ authorization: site.authorization, ...given }).map(([name, value]) => [
        name,
        value === "own" ? site.url : value,
      ]),
    );
    // fetch sets Host by itself; the browser's own network stack lets a test choose it.
    const { request } = await import("node:http");
    const answered = await new Promise<number>((resolve, reject) => {
      const call = request(
        `${site.url}/webhooks/stripe/a/replay`,
        { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers } },
        (response) => resolve(response.statusCode ?? 0),
      );
      call.on("error", reject);
      call.end("token=guessed");
    });
    expect(answered).toBe(status);
  });

  test("a console that only reads offers nothing else and rejects it", async () => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    await page.goto(`${readOnly.url}/webhooks/stripe/${id}`);
    await page.getByText("read-only").waitFor();
    expect(await page.getByText("Replay…").count()).toBe(0);
    const headers = { authorization: readOnly.authorization };
    expect((await fetch(`${readOnly.url}/send`, { headers })).status).toBe(404);
    const reply = await fetch(`${readOnly.url}/webhooks/stripe/${id}/replay`, { method: "POST", headers });
    expect([reply.status, await reply.text()]).toEqual([
      403,
      expect.stringContaining("--allow-writes") as string,
    ]);
  });
});

describe("the pages fit", () => {
  const sideways = () =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  /** What a finger has to hit and is smaller than WCAG 2.5.8 allows; a link within a sentence may be. */
  const tooSmall = () =>
    page.$$eval(".timeline a, summary, button, nav a, select, h2 a, .button", (targets) =>
      targets.flatMap((target) => {
        const { width, height } = target.getBoundingClientRect();
        return height > 0 && Math.min(width, height) < 24 ? [`${target.textContent} ${width}x${height}`] : [];
      }),
    );

  test.each([
    ["a phone", { width: 390, height: 800 }, "light"],
    ["a desktop in the dark", { width: 1_280, height: 860 }, "dark"],
  ] as const)("%s", async (name, viewport, colorScheme) => {
    const id = await sendStripe();
    await reaches("published", "stripe", id);
    for (let number = 0; number < 11; number += 1)
      await deadLetterOf(inbox, "reports", consumerMessage("acme", randomUUID(), "acme", number), "Failed");
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    for (const [what, path] of [
      ["list", "/"],
      ["trace", `/webhooks/stripe/${id}`],
      ["dead-letters", "/dead-letters"],
      ["consumers", "/consumers"],
      ["consumer", "/consumers/reports"],
      ["status", "/status"],
      ["send", "/send"],
    ] as const) {
      await open(path);
      if (what === "consumer") await page.locator("summary", { hasText: "Redrive all" }).click();
      expect([what, await sideways(), await tooSmall()]).toEqual([what, 0, []]);
      await screenshot(`${what}-${name.split(" ").at(-1)}`);
    }
  });
});

test("a webhook that is not there is reported, with a way back", async () => {
  const reply = await open("/webhooks/stripe/nope");
  expect(reply?.status()).toBe(404);
  await page.getByRole("heading", { name: "No such webhook" }).waitFor();
  await page.getByRole("link", { name: "Back" }).waitFor();
});
