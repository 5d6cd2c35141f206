import { randomUUID } from "node:crypto";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { commandLine } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(60_000);

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let site: RunningConsole;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [
        {
          name: "line",
          scheme: "line",
          secret: { ssm: "/webhook-inbox/local/line" },
          split: true,
          transform: "data.poison ? $error('this one is poison') : data",
        },
      ],
    },
  });
  cli = commandLine(inbox);
  site = await startConsole({ ...localConsole(inbox.stack), refreshMs: 0 }, 0);
}, 300_000);
afterAll(async () => {
  cli?.close();
  await site?.close();
  await inbox?.close();
});

const event = (type: string, fields: Record<string, unknown> = {}) => ({
  type,
  webhookEventId: `01${randomUUID()}`,
  timestamp: Date.now(),
  ...fields,
});
const request = (...events: readonly unknown[]) => ({ destination: "U1", events });
const statusOf = async (id: string) => (await inbox.record("line", id))?.["status"];
const onTheBus = async (ids: readonly string[]) =>
  (await inbox.events.all()).map(({ detail }) => detail.id).filter((id) => ids.includes(id));

describe("a request with several events, of a provider with split: true", () => {
  test("is as many webhooks: own type, own data, own failure, in the request's order", async () => {
    const events = [event("follow"), event("message", { poison: true }), event("message"), event("join")];
    const [follow, poison, message, join] = events.map(({ webhookEventId }) => webhookEventId);
    expect((await inbox.send("line", request(...events))).status).toBe(200);

    await until("the poison event marked", async () => (await statusOf(poison!)) === "dead_lettered");
    await inbox.events.next(join!);
    expect(await onTheBus([follow!, poison!, message!, join!])).toEqual([follow, message, join]);
    expect(await inbox.events.next(follow!)).toMatchObject({
      "detail-type": "follow",
      detail: { data: events[0] },
    });
    expect(
      (await inbox.deadLetters()).map(({ Body }) => (JSON.parse(Body ?? "") as { id: string }).id),
    ).toEqual([poison]);
  });

  test("is published once however often the provider repeats it, and also where it comes with a new event", async () => {
    const [first, second, third] = [event("follow"), event("message"), event("join")];
    await inbox.send("line", request(first, second));
    await inbox.send("line", request(first, second));
    await inbox.send("line", request(second, third));

    const ids = [first, second, third].map(({ webhookEventId }) => webhookEventId);
    await inbox.events.next(ids[2]!);
    expect(await onTheBus(ids)).toEqual(ids);
  });

  test("replays one of its events, and that alone", async () => {
    const events = [event("follow"), event("message", { text: "once more" })];
    await inbox.send("line", request(...events));
    const ids = events.map(({ webhookEventId }) => webhookEventId);
    await inbox.events.next(ids[1]!);

    expect(await cli.run("replay", "line", ids[1]!)).toMatchObject({ code: 0 });
    const both = await until("the replay on the bus", async () => {
      const found = await inbox.events.of(ids[1]!);
      return found.length > 1 && found;
    });
    expect(both.map(({ detail }) => detail.data)).toEqual([events[1], events[1]]);
    expect(await inbox.events.of(ids[0]!)).toHaveLength(1);
  });

  test("is released whole once its secret is fixed", async () => {
    const secret = randomUUID();
    const events = [event("follow"), event("message")];
    const ids = events.map(({ webhookEventId }) => webhookEventId);
    expect((await inbox.send("line", request(...events), { secret })).status).toBe(401);
    expect((await cli.runWithInput(`${secret}\n`, "secrets", "add", "line")).code).toBe(0);

    const released = await cli.run("rejected", "release", "--provider", "line", "--json");
    expect(released.json["released"]).toMatchObject(ids.map((id) => ({ id, outcome: "new" })));
    await inbox.events.next(ids[1]!);
    expect(await onTheBus(ids)).toEqual(ids);
  });

  test("has a page, a trace and a payload for each of its events", async () => {
    const events = [event("follow", { text: "the first" }), event("message", { text: "the second" })];
    await inbox.send("line", request(...events));
    const id = events[1]!.webhookEventId;
    await inbox.events.next(id);

    const shown = await cli.run("show", id);
    expect(shown.stdout).toContain("the second");
    expect(shown.stdout).not.toContain("the first");
    await until("the event's trace", async () => {
      const { stdout } = await cli.run("trace", id);
      return stdout.includes("Request accepted") && stdout.includes("Published to the bus");
    });
    const page = await fetch(`${site.url}/webhooks/line/${await inbox.keyOf("line", id)}`, {
      headers: { authorization: site.authorization },
    });
    const [, payload] = /<pre id="payload"[^>]*>(.*?)<\/pre>/s.exec(await page.text()) ?? [];
    expect(payload).toContain("the second");
    expect(payload).not.toContain("the first");
  });
});
