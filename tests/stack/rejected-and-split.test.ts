import { randomUUID } from "node:crypto";
import { connectLocal } from "../../inbox/connect";
import { RejectedRequests, type ListedRejected } from "../../inbox/rejected";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { planSearch } from "../../inbox/payload-search";
import { commandLine, type Finished } from "../support/cli";
import { addDeadLetter } from "../support/dead-letters";
import { aProvider, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(60_000);

const PROVIDERS = [
  aProvider("acme", "hmac-sha256", { orderingKey: "account" }),
  aProvider("stripe", "stripe", { orderingKey: "account", redact: ["who.*.email"] }),
  aProvider("gitlab", "gitlab", { expectEvery: "6h" }),
  aProvider("line", "line", {
    split: true,
    transform: "data.poison ? $error('this one is poison') : data",
  }),
];

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let site: RunningConsole;
beforeAll(async () => {
  inbox = await startInbox({ config: { providers: PROVIDERS } });
  cli = commandLine(inbox);
  site = await startConsole({ ...localConsole(inbox.stack), refreshMs: 0 }, 0);
}, 300_000);
afterAll(async () => {
  cli?.close();
  await site?.close();
  await inbox?.close();
});

const requests = () => new RejectedRequests(connectLocal(inbox.stack));
async function listed(provider: string): Promise<readonly ListedRejected[]> {
  return (await requests().find({ provider }, new AbortController().signal)).listed;
}
const newSecret = () => `whsec_${randomUUID()}`;
const addSecret = (provider: string, value: string) =>
  cli.runWithInput(`${value}\n`, "secrets", "add", provider);
const TEN_MINUTES_MS = 600_000;

describe("a webhook that is rejected because a wrong secret is stored", () => {
  test("is kept with the reason, and once the secret is fixed is released and published once", async () => {
    const right = newSecret();
    const payload = { unique: randomUUID(), account: "acct_1" };
    const sent = { secret: right, type: "thing.made", id: randomUUID() };
    const attempts = [1, 2].map(() => inbox.send("acme", payload, sent));
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([401, 401]);

    const list = await cli.run(
      "rejected",
      "list",
      "--reason",
      "signature_mismatch",
      "--since",
      "1h",
      "--json",
    );
    const facts = { provider: "acme", reason: "signature_mismatch", cause: "no_secret_matched" };
    expect(list.json["rejected"]).toEqual([expect.objectContaining(facts), expect.objectContaining(facts)]);
    const [first] = list.json["rejected"] as readonly ListedRejected[];
    const shown = await cli.run("rejected", "show", first?.id ?? "");
    expect(shown.stdout).toContain("the secret did not sign these bytes");
    expect(shown.stdout).toContain(`"unique": ${JSON.stringify(payload.unique)}`);

    const tooEarly = await cli.run("rejected", "release", first?.id ?? "");
    expect([tooEarly.code, tooEarly.stdout]).toEqual([
      1,
      expect.stringContaining("stays: signature_mismatch"),
    ]);

    expect((await addSecret("acme", right)).code).toBe(0);
    const dry = await cli.run("rejected", "release", "--provider", "acme", "--dry-run", "--json");
    expect(dry.json["wouldRelease"]).toHaveLength(2);
    expect(await listed("acme")).toHaveLength(2);

    const { code, json } = await cli.run("rejected", "release", "--provider", "acme", "--json");
    expect(code).toBe(0);
    const released = json["released"] as readonly { id: string; outcome: string }[];
    expect(released.map(({ outcome }) => outcome)).toEqual(["new", "duplicate"]);
    const id = released[0]?.id ?? "";
    expect(await inbox.events.next(id)).toMatchObject({ source: "webhook.acme", detail: { data: payload } });
    expect(await inbox.record("acme", id)).toMatchObject({ group: "acme:acct_1", attempts: 2 });

    expect((await cli.run("rejected", "release", "--provider", "acme")).stdout).toBe("Nothing to release.\n");
    const again = await cli.run("rejected", "release", first?.id ?? "");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("released before")]);
    // One of the same group behind it: what was released twice would be on the bus before it.
    const after = await inbox.send("acme", { unique: randomUUID(), account: "acct_1" });
    await inbox.events.next(String(after.json["id"]));
    expect(await inbox.events.of(id)).toHaveLength(1);
  });
});

describe("a webhook that was signed outside its provider's window", () => {
  test("gets in only where one says so", async () => {
    const id = `evt_${randomUUID()}`;
    const late = { now: Date.now() - TEN_MINUTES_MS };
    expect((await inbox.send("stripe", { id, type: "invoice.paid" }, late)).status).toBe(401);
    const [kept] = await listed("stripe");
    expect(kept).toMatchObject({ reason: "timestamp_outside_window", cause: "clock" });
    expect(await requests().read(kept?.id ?? "")).toMatchObject({
      diagnosis: { detail: expect.stringContaining("apart from that the signature is valid") as string },
    });

    const rejected = await cli.run("rejected", "release", "--all");
    expect([rejected.code, rejected.stdout]).toEqual([0, expect.stringContaining("--ignore-timestamp")]);
    expect(await listed("stripe")).toHaveLength(1);
    expect((await cli.run("rejected", "release", "--all", "--ignore-timestamp")).code).toBe(0);
    expect(await inbox.events.next(id)).toMatchObject({ source: "webhook.stripe" });
    expect(await listed("stripe")).toEqual([]);
  });
});

describe("the console", () => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${site.url}${path}`, { ...init, headers: { authorization: site.authorization } });
  const get = async (path: string) => (await ask(path)).text();
  const release = (path: string, fields: Record<string, string>) =>
    ask(`${path}/release`, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });

  test("shows a rejected request without its credential, and releases it for its own form only", async () => {
    const token = newSecret();
    const payload = { object_kind: "push", unique: randomUUID(), html: "<script>alert(1)</script>" };
    expect((await inbox.send("gitlab", payload, { secret: token })).status).toBe(401);
    const [kept] = await listed("gitlab");
    const path = `/rejected/${kept?.id}`;
    expect(await get("/rejected")).toContain(`href="${path}"`);

    const page = await get(path);
    expect(page).toContain("x-gitlab-token");
    expect(page).not.toContain(token);
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).not.toContain("<script>alert(1)");

    expect((await release(path, {})).status).toBe(403);
    const proof = { token: /name="token" value="([^"]+)"/.exec(page)?.[1] ?? "" };
    expect((await release(path, proof)).status).toBe(409);
    await addSecret("gitlab", token);
    const done = await release(path, proof);
    expect(done.status).toBe(303);
    const id =
      /\/webhooks\/gitlab\/([^?]+)\?done=release$/.exec(done.headers.get("location") ?? "")?.[1] ?? "";
    // The address has the key; people and the event have what is before its hash.
    expect(await inbox.events.next(decodeURIComponent(id).split("~")[0] ?? "")).toMatchObject({
      detail: { data: payload },
    });
    expect((await ask(path)).status).toBe(404);
  });
});

test("what is no provider's whose secret is wrong is not kept", async () => {
  const before = await listed("acme");
  expect((await inbox.post("/acme", {}, "{}")).status).toBe(400);
  const large = { filler: "x".repeat(300_000) };
  expect((await inbox.send("acme", large, { secret: newSecret() })).status).toBe(401);
  expect(await listed("acme")).toEqual(before);
});

test.each<[string[], number, string]>([
  [["release"], 2, "--all"],
  [["show", "../raw/acme"], 1, "No rejected request has the id"],
])("webhooks rejected %j ends with %i and says why", async (args, code, message) => {
  const finished = await cli.run("rejected", ...args);
  expect([finished.code, finished.stdout]).toEqual([code, ""]);
  expect(finished.stderr).toContain(message);
});

test("a redacted field is blank on the bus, also of a replay, and whole in S3", async () => {
  const payload = { id: `evt_${randomUUID()}`, type: "a", who: [{ name: "Ada", email: "ada@example.com" }] };
  expect((await inbox.send("stripe", payload)).status).toBe(202);
  await inbox.events.next(payload.id);
  expect(await cli.run("replay", "stripe", payload.id)).toMatchObject({ code: 0 });
  const events = await until("the replay on the bus", async () => {
    const found = await inbox.events.of(payload.id);
    return found.length > 1 && found;
  });
  const data = { ...payload, who: [{ name: "Ada", email: "[redacted]" }] };
  expect(events.map(({ detail }) => detail.data)).toEqual([data, data]);
  const { s3Key = "" } = { ...(await inbox.record("stripe", payload.id)) };
  expect(JSON.parse((await inbox.payload(s3Key)).toString())).toEqual(payload);
});

test("a text in payloads is found, newest first, with where it is", async () => {
  const customer = `cus_${randomUUID()}`;
  const payload = (name: string) => ({
    ...{ id: `evt_${randomUUID()}`, type: "found", account: "acct_1" },
    data: { object: { customer, name } },
  });
  const sent = [payload("Ada"), payload('"Zoë"'), { ...payload("x"), data: { object: {} } }];
  for (const one of sent) {
    await inbox.send("stripe", one);
    await inbox.events.next(one.id);
  }
  const [ada, zoe] = sent;
  const search = async (...args: string[]) =>
    (await cli.run("list", "--provider", "stripe", "--since", "1h", ...args)) as Finished;
  const found = await search("--payload", customer.toUpperCase(), "--json");
  expect(found.json["webhooks"]).toMatchObject([
    {
      id: zoe?.id,
      preview: expect.stringMatching(`^data.object.customer=.*${customer.slice(-8)}`) as string,
    },
    { id: ada?.id },
  ]);
  expect(found.stderr).toMatch(
    /Reading \d+ payloads, \d\.\d MB, from S3: less than \$0\.01 for the requests/,
  );
  const escaped = await search("--payload", "zoë", "--type", "found");
  expect(escaped.stdout).toMatch(
    new RegExp(`^.* stripe .* found .* ${zoe?.id} .*published .*name="Zoë"`, "m"),
  );
  expect((await search("--payload", "no such text")).stdout).toMatch(/^No payload of \d+ webhooks holds it/);
  expect((await search("--type", "found", "--preview")).stdout).toContain("account=acct_1");

  const query = { since: new Date(Date.now() - 3_600_000).toISOString(), type: "found" };
  const first = await planSearch(connectLocal(inbox.stack), query, 2);
  expect(first.webhooks.map(({ id }) => id)).toEqual([sent[2]?.id, zoe?.id]);
  const rest = await planSearch(connectLocal(inbox.stack), { ...query, cursor: first.next ?? "" }, 2);
  expect(rest.webhooks.map(({ id }) => id)).toEqual([ada?.id]);

  const page = await fetch(`${site.url}/?payload=${customer}&hours=1`, {
    headers: { authorization: site.authorization },
  });
  const html = await page.text();
  expect(html).toContain(`data.object.customer=${customer.slice(0, 20)}`);
  expect(html.match(/data-row/g)).toHaveLength(2);
});

describe("webhooks that are erased", () => {
  const s3 = () => connectLocal(inbox.stack).clients.s3;
  const Bucket = () => inbox.stack.outputs.s3_bucket_name;
  const versions = (Status: "Enabled" | "Suspended") =>
    s3().putBucketVersioning({ Bucket: Bucket(), VersioningConfiguration: { Status } });
  const publishedNow = async (payload: { id: string }) => {
    expect((await inbox.send("stripe", payload)).status).toBe(202);
    return inbox.events.next(payload.id);
  };

  test("leave a tombstone: their provider's next attempt is a duplicate, and brings nothing back", async () => {
    const account = `acct_${randomUUID()}`;
    const payload = (kind = "evt") => ({ id: `${kind}_${randomUUID()}`, type: "thing.made", account });
    const [first, second] = [payload(), payload()];
    await versions("Enabled");
    await publishedNow(first);
    expect((await inbox.send("stripe", first)).status).toBe(200);
    await versions("Suspended");
    await publishedNow(second);
    expect((await inbox.send("stripe", payload(), { secret: newSecret() })).status).toBe(401);
    await addDeadLetter(inbox, "stripe", first.id);
    await Promise.all([first, second].map(({ id }) => inbox.age("stripe", id)));

    const asked = ["erase", "--group", account, "--reason", "request 4711"];
    const plan = await cli.run(...asked, "--dry-run", "--json");
    const ids = (plan.json["wouldErase"] as { id: string }[]).map(({ id }) => id);
    expect([ids.sort(), plan.json["quarantined"]]).toEqual([
      [first.id, second.id].sort(),
      [expect.stringMatching(/^stripe\//)],
    ]);
    const unsure = await cli.run(...asked);
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining("2 webhooks (2 stripe)")]);
    expect(await inbox.record("stripe", first.id)).toMatchObject({ status: "published" });

    const { json } = await cli.run(...asked, "--yes", "--json");
    expect(json["erased"]).toEqual({ webhooks: 2, objects: 3, deadLetters: 1, quarantined: 1 });
    expect(json["outOfReach"]).toContainEqual({
      what: `log ${inbox.stack.outputs.event_log_group_name}`,
      until: expect.stringMatching(/^until \d{4}-\d\d-\d\d \(\d+ days\)$/) as string,
    });
    const Prefix = `raw/stripe/${first.id}/`;
    expect((await s3().listObjectVersions({ Bucket: Bucket(), Prefix })).Versions).toBeUndefined();

    const again = await inbox.send("stripe", first);
    expect([again.status, again.json]).toEqual([200, { status: "duplicate", id: first.id }]);
    // One of the same group behind it: what was published again would be on the bus before it.
    await publishedNow(payload());
    expect(await inbox.events.of(first.id)).toHaveLength(1);
    expect((await s3().listObjectsV2({ Bucket: Bucket(), Prefix })).KeyCount).toBe(0);
    const left = { ...(await inbox.record("stripe", first.id)) };
    expect(left).toMatchObject({
      status: "erased",
      operations: [{ kind: "erase", reason: "request 4711" }],
    });
    expect(JSON.stringify(left)).not.toContain(account);

    const replay = await cli.run("replay", "stripe", first.id);
    expect([replay.code, replay.stderr]).toEqual([2, expect.stringContaining("was erased")]);
    const history = await cli.run("erase", "--history", "--json");
    expect(history.json["erasures"]).toMatchObject([{ reason: "request 4711", webhooks: 2, objects: 3 }]);
    expect(history.stdout).not.toContain(first.id);
  });

  test("can be erased from their page, with a reason", async () => {
    const payload = { id: `evt_${randomUUID()}`, type: "thing.made", account: "acct_1" };
    await publishedNow(payload);
    await inbox.age("stripe", payload.id);
    const path = `/webhooks/stripe/${payload.id}`;
    const headers = { authorization: site.authorization };
    const page = async () => (await fetch(`${site.url}${path}`, { headers })).text();
    const token = /name="token" value="([^"]+)"/.exec(await page())?.[1] ?? "";
    const ask = (fields: Record<string, string>) =>
      fetch(`${site.url}${path}/erase`, {
        ...{ method: "POST", headers, redirect: "manual" },
        body: new URLSearchParams({ token, ...fields }),
      });
    expect((await ask({ reason: " " })).status).toBe(409);
    expect((await ask({ reason: "request 4712" })).status).toBe(303);
    const after = await page();
    expect(after).toContain("it was removed or erased");
    expect(after).toContain("request 4712");
    expect(after).not.toContain(`action="${path}/erase"`);
  });
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
