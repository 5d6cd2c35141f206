import Ajv from "ajv";
import { generateKeyPairSync, verify } from "node:crypto";
import Stripe from "stripe";
import { Svix } from "svix";
import { apiOf, type ApiSettings } from "../../../../functions/adapters/reconcile/apis";
import { DOUBLE } from "../../../../functions/adapters/reconcile/call";
import { svixHost } from "../../../../functions/adapters/reconcile/svix";
import { admitListed } from "../../../../functions/domain/admit-listed";
import type { RawPayload } from "../../../../functions/domain/ingest-ports";
import type { ListedEvent } from "../../../../functions/domain/reconcile-ports";
import type { Webhook } from "../../../../functions/domain/webhook";
import { schemes, type Scheme } from "../../../../providers";
import openapi from "../../../fixtures/reconcile/github-openapi.json";
import { Double, type DoubleAnswer } from "../../../support/reconcile/double";
import { GitHubDouble } from "../../../support/reconcile/github";
import { ReconcileWorld } from "../../../support/reconcile/run";
import { StripeDouble } from "../../../support/reconcile/stripe";
import { SvixDouble } from "../../../support/reconcile/svix";

const GITHUB: ApiSettings = { api: "github", repository: "acme/app", hook: 7 };
const STRIPE: ApiSettings = { api: "stripe", endpoint: "we_1" };
const SVIX: ApiSettings = { api: "svix", app: "app_1", endpoint: "ep_1" };

let world: ReconcileWorld;
let double: Double;
let stripe: StripeDouble;
let github: GitHubDouble;
let svix: SvixDouble;
/** Answers of Shopify. */
let shop: DoubleAnswer;

function apiFor(settings: ApiSettings, key = "key", scheme: string = settings.api) {
  return apiOf(settings, { name: "acme", scheme }, key, new AbortController().signal);
}
const useApi = (settings: ApiSettings, key?: string) => {
  world = Object.assign(new ReconcileWorld(() => apiFor(settings, key)), { now: world.now });
};

beforeEach(async () => {
  world = new ReconcileWorld(() => apiFor(STRIPE));
  const now = () => world.now;
  [stripe, github, svix] = [new StripeDouble(now), new GitHubDouble(now), new SvixDouble()];
  double = new Double([
    stripe.api,
    github.api,
    svix.api,
    ({ path }) => (path.startsWith("/admin/api/") ? shop : undefined),
  ]);
  double.now = now;
  await double.start();
  process.env[DOUBLE] = double.url;
});
afterEach(async () => {
  delete process.env[DOUBLE];
  await double.stop();
});

const last = () => world.lines.at(-1);

describe("Stripe", () => {
  const happened = (id: string, minutes: number, more: object = {}) =>
    stripe.events.push({ id, type: "invoice.paid", created: world.ago(minutes) / 1_000, ...more });

  test("sends an endpoint the types that it has selected, made after it: nothing else is missing", async () => {
    await world.begin();
    stripe.endpoint = {
      ...stripe.endpoint,
      enabled_events: ["invoice.paid"],
      created: world.ago(40) / 1_000,
    };
    happened("before", 50);
    happened("other", 30, { type: "charge.failed" });
    happened("own", 30);
    await world.run();
    expect(world.ids()).toEqual(["own"]);
    expect(double.requests.at(-1)?.query.getAll("types[]")).toEqual(["invoice.paid"]);
  });

  test("leaves out of * what has to be selected", async () => {
    await world.begin();
    happened("report", 30, { type: "reporting.report_type.updated" });
    await world.run();
    expect(world.ids()).toEqual([]);
  });

  test("lists events in the version they were made in: another one than the webhooks' is noted", async () => {
    await world.begin();
    Object.assign(stripe.endpoint ?? {}, { api_version: "2024-06-20" });
    happened("a", 30, { api_version: "2024-06-20" });
    await world.run();
    expect(last()).toMatchObject({ notes: [] });
    happened("b", 20, { api_version: "2026-08-26.dahlia" });
    await world.run();
    expect(last()).toMatchObject({ notes: [expect.stringMatching(/2026-08-26.dahlia.*we_1.*2024-06-20/)] });
  });

  test("lists a connected account's events, of an endpoint of the platform's", async () => {
    useApi({ ...STRIPE, account: "acct_1" });
    await world.begin();
    await world.run();
    const accounts = double.requests.map(({ path, headers }) => [path, headers["stripe-account"]]);
    expect(accounts.slice(-2)).toEqual([
      ["/v1/webhook_endpoints/we_1", undefined],
      ["/v1/events", "acct_1"],
    ]);
  });

  test("pages its client's way: the double behaves as the official client expects", async () => {
    for (let index = 0; index < 12; index += 1) happened(`evt_${index}`, index);
    const client = new Stripe("rk_test", { host: "127.0.0.1", port: double.port, protocol: "http" });
    const listed = await client.events
      .list({ limit: 5, types: ["invoice.paid"] })
      .autoPagingToArray({ limit: 100 });
    expect(listed.map(({ id }) => id)).toEqual(stripe.events.map(({ id }) => id));
    expect((await client.webhookEndpoints.retrieve("we_1")).status).toBe("enabled");
    await expect(client.events.list({ starting_after: "evt_gone" })).rejects.toThrow("No such event");
  });
});

describe("GitHub", () => {
  const delivered = (guid: string, minutes: number, status = 502) =>
    github.add({ guid, at: world.ago(minutes), status });

  beforeEach(() => {
    useApi(GITHUB);
    github.send = (guid) => {
      world.records.set(guid, "done");
      return 202;
    };
  });

  test("is requested to send a missing delivery again; it counts as recovered once it has arrived", async () => {
    await world.begin();
    delivered("known", 40, 202);
    world.records.set("known", "done");
    delivered("lost", 30);
    await world.run();
    expect(world.fates()).toEqual([["lost", "requested"]]);
    expect(last()).toMatchObject({ missing: 1, recovered: 0 });
    // What is requested is not durable: the next run looks at it again.
    expect(world.lease.progress?.cursor).toBeLessThanOrEqual(world.ago(30));
    await github.redeliver();
    world.advance(15);
    await world.run();
    expect(world.fates()).toEqual([]);
    expect(last()).toMatchObject({ missing: 0, recovered: 1, unrecoverable: 0 });
    expect(world.lease.progress?.cursor).toBe(world.now - world.settings.settleMs);
  });

  test("is requested by the delivery's id, all digits of it, and one second after the other", async () => {
    await world.begin();
    delivered("a", 30);
    delivered("b", 29);
    const start = Date.now();
    await world.run();
    const posts = double.requests.filter(({ method }) => method === "POST").map(({ path }) => path);
    expect(posts).toEqual(
      github.deliveries.map(({ id }) => `/repos/acme/app/hooks/7/deliveries/${id}/attempts`),
    );
    expect(posts[0]).toContain("100000000000000001");
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  test("has three redeliveries of one event: then it is unrecoverable, which one run says", async () => {
    await world.begin();
    delivered("rejected", 30);
    github.send = () => 401;
    const results = [];
    for (let run = 0; run < 6; run += 1) {
      await world.run();
      await github.redeliver();
      world.advance(15);
      results.push(
        [last()].map((line) => (line?.event === "reconcile.ran" ? [line.missing, line.unrecoverable] : [])),
      );
    }
    expect(results.flat()).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(github.deliveries).toHaveLength(4);
  });

  test("may not be able to send it again: then it is unrecoverable at once", async () => {
    await world.begin();
    delivered("gone", 30);
    github.impossible.add("gone");
    await world.run();
    expect(world.fates()).toEqual([["gone", "unrecoverable"]]);
  });

  test("pages by its Link header, up to the first delivery before the window", async () => {
    await world.begin();
    for (let index = 0; index < 450; index += 1) delivered(`g${index}`, index, 202);
    for (const { guid } of github.deliveries) if (guid !== "g70") world.records.set(guid, "done");
    await world.run();
    expect(world.fates()).toEqual([["g70", "requested"]]);
    expect(double.requests.filter(({ path }) => path.endsWith("/deliveries"))).toHaveLength(2);
  });

  test("lists a redelivery by hand of what was before the window: that is not missing now", async () => {
    await world.begin();
    delivered("old", 24 * 60);
    github.add({ guid: "old", at: world.ago(30), redelivery: true });
    await world.run();
    expect(world.fates()).toEqual([]);
  });

  test("counts its limit in headers of an answer 403, which is no rejected key", async () => {
    await world.begin();
    const reset = String(Math.floor(world.now / 1_000) + 3_000);
    double.next.push({ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } });
    await expect(world.run()).rejects.toThrow("its rate limit is reached");
    expect(last()).toMatchObject({ failing: false });
  });

  test("says whether a hook is active", async () => {
    github.active = false;
    expect(await apiFor(GITHUB).endpoint()).toMatchObject({
      off: expect.stringContaining("not active") as string,
    });
  });

  test("knows an app by a token that its private key signs", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await apiFor({ api: "github", app: "Iv1.a" }, pem).endpoint();
    const { path, headers } = double.requests.at(-1) ?? {};
    const [header, claims = "", signature = ""] =
      headers?.authorization?.slice("Bearer ".length).split(".") ?? [];
    expect(path).toBe("/app/hook/config");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "Iv1.a" });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("is doubled as its OpenAPI description has it, with the parameters that are used", async () => {
    useApi(GITHUB);
    await world.begin();
    for (let index = 0; index < 101; index += 1) delivered(`g${index}`, 30);
    for (const { guid } of github.deliveries.slice(1)) world.records.set(guid, "done");
    await world.run();
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const seen = new Set<string>();
    for (const { method, path, query, headers, body } of double.requests) {
      const operation = openapi.operations.find(
        (one) => one.method === method && RegExp(`^${one.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path),
      );
      expect(operation?.parameters).toEqual(expect.arrayContaining([...query.keys()]));
      const answer = github.api({ method, path, query, headers, body });
      const responses: Readonly<Record<string, object>> = operation?.responses ?? {};
      const schema = responses[answer?.status ?? 200];
      expect(ajv.validate(schema ?? false, answer?.json ?? JSON.parse(answer?.text ?? ""))).toBe(true);
      seen.add(`${operation?.method} ${operation?.path.split("/").at(-1)}`);
    }
    expect([...seen].sort()).toEqual(["GET deliveries", "GET {hook_id}", "POST attempts"]);
  });
});

describe("Svix", () => {
  const PAYLOAD = '{ "type": "contact.created", "amount": 1.10, "big": 12345678901234567890 }';
  const sent = (id: string, minutes: number, more: object = { payload: PAYLOAD }) =>
    svix.messages.push({ id, eventType: "contact.created", at: world.ago(minutes), ...more });

  beforeEach(() => useApi(SVIX));

  test("gives messages in pages, each with its own bytes and the id that the webhook has in a header", async () => {
    await world.begin();
    for (let index = 0; index < 300; index += 1) sent(`msg_${index}`, 55 - index / 10);
    await world.run();
    expect(world.ids()).toEqual(svix.messages.map(({ id }) => id));
    const [first] = world.admitted;
    expect(first?.content?.body.toString()).toBe(PAYLOAD);
    expect(first?.content?.headers).toEqual({ "svix-id": ["msg_0"] });
  });

  test("names the id's header as the scheme does", async () => {
    sent("msg_1", 1);
    const pages = apiFor(SVIX, "key", "standard-webhooks").events?.list({
      from: world.ago(60),
      until: world.now,
    });
    for await (const [event] of pages ?? [])
      expect(event?.content?.headers).toEqual({ "webhook-id": ["msg_1"] });
    expect.assertions(1);
  });

  test("lists messages whose payload it has deleted: they are unrecoverable, once", async () => {
    await world.begin();
    sent("msg_1", 30, {});
    await world.run();
    expect(world.fates()).toEqual([["msg_1", "unrecoverable"]]);
    expect(last()).toMatchObject({ missing: 1, unrecoverable: 1 });
    await world.run();
    expect(last()).toMatchObject({ missing: 0, unrecoverable: 0 });
  });

  test("sends an endpoint only the types of its filter, and says whether it is disabled", async () => {
    await world.begin();
    svix.filterTypes = ["contact.deleted"];
    svix.disabled = true;
    sent("msg_1", 30);
    await world.run();
    expect(world.ids()).toEqual([]);
    expect(last()).toMatchObject({ off: expect.stringContaining("ep_1 is disabled") as string });
  });

  test("has a host for each region, which the key names", () => {
    expect(["sk_a.eu", "sk_a", "sk_a.evil.com"].map(svixHost)).toEqual([
      "api.eu.svix.com",
      "api.svix.com",
      "api.svix.com",
    ]);
  });

  test("is doubled as its official client expects", async () => {
    for (let index = 0; index < 3; index += 1) sent(`msg_${index}`, index);
    const client = new Svix("sk_a", { serverUrl: double.url });
    const { iterator } = await client.messageAttempt.listAttemptedMessages("app_1", "ep_1", { limit: 2 });
    const rest = await client.messageAttempt.listAttemptedMessages("app_1", "ep_1", { limit: 2, iterator });
    expect(rest).toMatchObject({ done: true, data: [{ id: "msg_2", payload: { type: "contact.created" } }] });
    expect(await client.endpoint.get("app_1", "ep_1")).toMatchObject({ disabled: false });
  });
});

describe("Shopify", () => {
  const SETTINGS: ApiSettings = { api: "shopify", shop: "acme.myshopify.com" };
  const subscriptions = (...uris: string[]) => ({
    json: { data: { webhookSubscriptions: { nodes: uris.map((uri) => ({ topic: "ORDERS_CREATE", uri })) } } },
  });

  test("lists no events; whether the app's subscriptions are there is what can be seen", async () => {
    useApi(SETTINGS);
    shop = subscriptions("https://inbox.test/v1/webhook/acme", "https://elsewhere.test/hook");
    await world.run();
    expect(last()).toMatchObject({
      event: "reconcile.ran",
      listed: 0,
      notes: ["Subscribed to ORDERS_CREATE."],
    });
    shop = subscriptions("https://elsewhere.test/hook");
    await world.run();
    expect(last()).toMatchObject({ notes: [expect.stringMatching(/no subscription.*\/webhook\/acme/)] });
  });

  test("answers 200 to a token without the right", async () => {
    useApi(SETTINGS);
    shop = { json: { data: { webhookSubscriptions: null }, errors: [{ message: "Access denied" }] } };
    await expect(world.run()).rejects.toThrow("does not return the webhook subscriptions");
    expect(last()).toMatchObject({ failing: true });
  });
});

describe("a key", () => {
  test.each(["evil.test/.myshopify.com", "acme.myshopify.com.evil.test", "evil.test#.myshopify.com"])(
    "is never sent to another host than a provider's: %s",
    (host) =>
      expect(() => apiFor({ api: "shopify", shop: host })).toThrow("is not the host of a provider's API"),
  );

  test("is sent to a double on this machine alone", () => {
    process.env[DOUBLE] = "http://127.0.0.1.evil.test";
    expect(() => apiFor(STRIPE)).toThrow("is not on this machine");
  });
});

describe("an event that the API gave", () => {
  const stored: { payload?: RawPayload; webhook?: Webhook; group?: string } = {};
  const ports = {
    payloads: {
      put: (payload: RawPayload) => Promise.resolve(void (stored.payload = payload)),
      remove: () => Promise.reject(new Error("nothing was erased")),
    },
    records: { claim: () => Promise.resolve("new" as const) },
    queue: {
      send: ({ webhook, group }: { webhook: Webhook; group: string }) =>
        Promise.resolve(void Object.assign(stored, { webhook, group })),
    },
    now: Date.now,
  };
  const provider = { name: "acme", scheme: schemes["stripe"] as Scheme, orderingKey: "data.object.id" };

  test("is stored byte for byte, under the id, type and group of its webhook, and marked", async () => {
    const text =
      '{"id": "evt_1", "type":"invoice.paid","created":1772366400, "data": {"object": {"id": "in_1", "n": 1.0}}}';
    const event: ListedEvent = {
      id: "evt_1",
      at: 0,
      type: "",
      content: { headers: {}, body: Buffer.from(text) },
    };
    expect(await admitListed(event, provider, ports)).toBe("new");
    expect(stored.payload?.body.toString()).toBe(text);
    expect(stored.webhook).toMatchObject({
      id: "evt_1",
      type: "invoice.paid",
      time: "2026-03-01T12:00:00.000Z",
      data: text,
      receivedVia: "reconciliation",
      replay: 0,
    });
    expect(stored.group).toBe("acme:in_1");
  });

  test("is redacted as its provider's webhooks are", async () => {
    const body = Buffer.from('{"id":"evt_1","type":"a","data":{"object":{"id":"in_1","email":"a@b.c"}}}');
    const event: ListedEvent = { id: "evt_1", at: 0, type: "", content: { headers: {}, body } };
    await admitListed(event, { ...provider, redact: ["data.object.email"] }, ports);
    expect(stored.payload?.body).toEqual(body);
    expect(stored.webhook?.data).toContain('"email":"[redacted]"');
  });

  test("is not stored if it would get another id than its webhook has", async () => {
    const content = { headers: {}, body: Buffer.from('{"type":"invoice.paid"}') };
    await expect(admitListed({ id: "evt_1", at: 0, type: "", content }, provider, ports)).rejects.toThrow(
      "the event evt_1 would be stored as",
    );
  });
});
