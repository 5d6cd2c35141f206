import { randomUUID } from "node:crypto";
import { connectLocal } from "../../inbox/connect";
import { RejectedRequests, type ListedRejected } from "../../inbox/rejected";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { commandLine } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";

jest.setTimeout(60_000);

const secret = (name: string) => ({ ssm: `/webhook-inbox/local/${name}` });

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let site: RunningConsole;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [
        { name: "acme", scheme: "hmac-sha256", secret: secret("acme"), orderingKey: "account" },
        { name: "stripe", scheme: "stripe", secret: secret("stripe") },
        { name: "gitlab", scheme: "gitlab", secret: secret("gitlab") },
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
