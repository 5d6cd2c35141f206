import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { PROBLEM_PAUSE_MS } from "../../functions/adapters/secrets";
import { schemeOf, signMessage } from "../../providers";
import type { OwnScheme } from "../../providers/own/own-scheme";
import { commandLine } from "../support/cli";
import { aProvider, startInbox, type Inbox, type Reply } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(240_000);

const secret = (name: string) => ({ ssm: `/webhook-inbox/local/${name}` });

/** A scheme that no file of this repository knows. */
const OWN: OwnScheme = {
  hmac: {
    header: "Acme-Signature",
    list: { signature: "v1" },
    encoding: "base64url",
    hash: "sha512",
    content: ["timestamp", ":", "body"],
    timestamp: { field: "t" },
  },
  event: { id: "body.event.id", type: "header.Acme-Event", entity: "body.account" },
};

const PROVIDERS = [
  aProvider("acme", "hmac-sha256"),
  aProvider("github", "github"),
  aProvider("nylas", "nylas"),
  aProvider("auth0", "auth0"),
  aProvider("zendesk", "zendesk"),
  aProvider("later", "hmac-sha256"),
  aProvider("pasted", "standard-webhooks"),
  aProvider("own", OWN, { orderingKey: "entity" }),
  aProvider("token", { token: { query: "key" } }),
];

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let ssm: SSMClient;
beforeAll(async () => {
  inbox = await startInbox({ config: { providers: PROVIDERS } });
  cli = commandLine(inbox);
  ssm = new SSMClient(inbox.stack.emulator.client);
  // Before the first request: one read brings the secrets of ten providers, and they are kept for minutes.
  await ssm.send(new DeleteParameterCommand({ Name: secret("later").ssm }));
  const placeholder = { Value: "v1,whsec_...", Type: "SecureString", Overwrite: true } as const;
  await ssm.send(new PutParameterCommand({ Name: secret("pasted").ssm, ...placeholder }));
}, 180_000);
afterAll(async () => {
  cli?.close();
  ssm?.destroy();
  await inbox?.close();
});

const FORM = "application/x-www-form-urlencoded";
const unique = () => randomUUID();

function signed(name: string, body: Buffer, secretText?: string) {
  const provider = inbox.stack.providers[name];
  const scheme = schemeOf(provider?.scheme);
  if (!provider || !scheme) throw new Error(`no provider ${name}`);
  return signMessage(scheme, { body, secret: secretText ?? provider.secret, now: Date.now() });
}

async function post(name: string, text: string | Buffer, headers: Record<string, string>): Promise<Reply> {
  const body = Buffer.from(text as string);
  return inbox.post(`/${name}`, { ...signed(name, body).headers, ...headers }, body);
}

async function published(reply: Reply) {
  return inbox.events.next(String(reply.json["id"]));
}

describe("a scheme of one's own, out of the configuration", () => {
  test("verifies, says what the event is, and requires its header at the API", async () => {
    const event = { id: unique() };
    const reply = await inbox.send("own", { event, account: "a1" }, { type: "order.paid" });
    expect(reply).toMatchObject({ status: 202, json: { id: event.id } });
    expect(await published(reply)).toMatchObject({
      "detail-type": "order.paid",
      detail: { data: { event } },
    });
    expect((await inbox.send("own", { event, account: "a1" })).status).toBe(200);
    expect((await inbox.send("own", { event: { id: unique() } }, { secret: "another" })).status).toBe(401);
    expect((await inbox.post("/own", {}, "{}")).status).toBe(400);
    expect((await cli.run("secrets", "list", "own")).code).toBe(0);
  });

  test("takes a token out of the address", async () => {
    expect((await inbox.send("token", { n: unique() })).status).toBe(202);
    expect((await inbox.send("token", { n: unique() }, { secret: "another" })).status).toBe(401);
  });
});

describe("a verified body is published in the form that it has", () => {
  test("GitHub's form is the JSON in its field", async () => {
    const push = { ref: "refs/heads/main", repository: { id: 1 }, message: `a+b & c=100% 😊 ${unique()}` };
    const form = new URLSearchParams({ payload: JSON.stringify(push) }).toString();
    const reply = await post("github", form, { "Content-Type": FORM, "X-GitHub-Event": "push" });
    expect(reply.status).toBe(202);
    expect(await published(reply)).toMatchObject({ "detail-type": "push", detail: { data: push } });
  });

  test("Zendesk's form is an object", async () => {
    const reply = await post("zendesk", `ticket=${unique()}&status=open`, { "Content-Type": FORM });
    expect(await published(reply)).toMatchObject({ detail: { data: { status: "open" } } });
  });

  test.each([
    ["nylas", "message.created", 200],
    ["acme", "unknown", 202],
  ])(
    "gzip of %s is what it holds, although what is signed are the compressed bytes",
    async (name, type, status) => {
      const id = unique();
      const payload = { id, type: "message.created", n: 1 };
      const reply = await post(name, gzipSync(JSON.stringify(payload)), { "Content-Encoding": "gzip" });
      expect(reply.status).toBe(status);
      const event = await inbox.events.next(name === "nylas" ? id : String(reply.json["id"]));
      expect(event).toMatchObject({ "detail-type": type, detail: { data: payload } });
    },
  );

  test.each(["application/x-ndjson", "application/json"])(
    "Auth0's lines are a list under %s",
    async (type) => {
      const lines = [1, 2].map((n) => ({ log_id: `${n}-${unique()}`, data: { type: "s" } }));
      const reply = await post("auth0", lines.map((line) => JSON.stringify(line)).join("\n"), {
        "Content-Type": type,
      });
      expect(await published(reply)).toMatchObject({ "detail-type": "s", detail: { data: lines } });
    },
  );

  test.each([
    ["NaN", Buffer.from(`{"id":"${unique()}","value":NaN}`), "application/json"],
    [
      "Latin-1",
      Buffer.from(`{"name":"Müller ${unique()}"}`, "latin1"),
      "application/json; charset=ISO-8859-1",
    ],
    ["cut off", Buffer.from(`{"id":"${unique()}`), "application/json"],
    ["XML", Buffer.from(`<a>${unique()}</a>`), "application/xml"],
    ["nothing at all", Buffer.alloc(0), "application/json"],
  ])("%s is its bytes", async (_, body, type) => {
    const reply = await post("acme", body, { "Content-Type": type });
    expect(reply.status).toBe(202);
    expect(await published(reply)).toMatchObject({
      detail: { datacontenttype: type, data_base64: body.toString("base64") },
    });
  });

  test("a form without fields is an empty object, and two byte order marks are none", async () => {
    const empty = await post("zendesk", "", { "Content-Type": FORM });
    // An empty body of another provider can have the same id.
    const own = async () =>
      (await inbox.events.of(String(empty.json["id"]))).find(({ source }) => source === "webhook.zendesk");
    expect(await until("the empty form", own)).toMatchObject({ detail: { data: {} } });
    const marked = await post("acme", `\ufeff\ufeff{"id":"${unique()}"}`, {});
    expect(await published(marked)).toMatchObject({ detail: { data: { id: expect.any(String) as string } } });
  });

  test("a content type that is none leaves no dead letter, also on a large body", async () => {
    const body = `{"unique":"${unique()}","filler":"${"x".repeat(110_000)}"}`;
    const reply = await post("acme", body, { "Content-Type": ";" });
    expect(await published(reply)).toMatchObject({
      detail: { datacontenttype: "application/json", dataref: expect.stringContaining("s3://") as string },
    });
  });
});

describe("a provider whose secret is missing", () => {
  test("is answered 503 with a true text, its webhook is quarantined, shown, counted, and released once the secret is there", async () => {
    const right = `right-${unique()}`;
    const payload = { unique: unique() };
    const reply = await inbox.send("later", payload, { secret: right });
    expect(reply.status).toBe(503);
    expect(reply.headers.get("content-type")).toContain("application/problem+json");
    expect(reply.json["detail"]).toContain("not ready for this provider");
    expect(reply.text).not.toContain("/webhook-inbox/");

    const list = await cli.run("rejected", "list", "--reason", "secret_missing", "--json");
    const [kept] = list.json["rejected"] as readonly { id: string }[];
    expect(kept).toMatchObject({ provider: "later", reason: "secret_missing", cause: "secret_missing" });
    expect((await cli.run("rejected", "show", kept?.id ?? "")).stdout).toContain(secret("later").ssm);
    const early = await cli.run("rejected", "release", kept?.id ?? "");
    expect([early.code, early.stdout]).toEqual([1, expect.stringContaining("stays: secret_missing")]);

    const status = await cli.run("status", "--exit-code", "--json");
    expect(status.code).toBe(1);
    expect(status.json["secrets"]).toContainEqual(
      expect.objectContaining({ provider: "later", state: "missing" }),
    );
    await until(
      "the request is counted",
      async () => {
        const { lastHour } = (await cli.run("status", "--json")).json as {
          lastHour: { secretunusable: number };
        };
        return lastHour.secretunusable > 0 || undefined;
      },
      60_000,
    );

    expect((await cli.runWithInput(`"${right}"\n`, "secrets", "add", "later")).code).toBe(0);
    const released = await cli.run("rejected", "release", kept?.id ?? "", "--json");
    const [webhook] = released.json["released"] as readonly { id: string }[];
    expect(await inbox.events.next(webhook?.id ?? "")).toMatchObject({ detail: { data: payload } });

    // The function asks again after a pause.
    await until(
      "the function takes the new secret",
      async () => {
        const next = await inbox.send("later", { unique: unique() }, { secret: right });
        return next.status === 202 || undefined;
      },
      PROBLEM_PAUSE_MS * 6,
    );
  });
});

describe("a secret that was pasted from a page", () => {
  const store = (Value: string) =>
    ssm.send(
      new PutParameterCommand({ Name: secret("pasted").ssm, Value, Type: "SecureString", Overwrite: true }),
    );

  test("is no secret if it is the example, and works with what Supabase shows around it", async () => {
    const right = `whsec_${Buffer.from(`${unique()}${unique()}`).toString("base64")}`;
    const rejected = await inbox.send("pasted", { type: "a.b" }, { secret: right, id: unique() });
    expect(rejected.status).toBe(503);
    const { json } = await cli.run("rejected", "list", "--reason", "secret_malformed", "--json");
    expect(json["rejected"]).toMatchObject([{ provider: "pasted" }]);

    await store(`"v1,${right}"\n`);
    await until(
      "the function takes the pasted secret",
      async () => {
        const reply = await inbox.send("pasted", { type: "a.b" }, { secret: right, id: unique() });
        return reply.status === 202 || undefined;
      },
      PROBLEM_PAUSE_MS * 6,
    );
  });
});
