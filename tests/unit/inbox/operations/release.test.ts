import { createHmac } from "node:crypto";
import { sanitize } from "../../../../terminal/output";
import { release, type ReleaseRunPorts } from "../../../../inbox/operations/release";
import { redacted } from "../../../../inbox/redacted";
import type { ListedRejected } from "../../../../inbox/rejected";
import type { QueueMessage } from "../../../../functions/domain/ingest-ports";
import type { RejectedRequest } from "../../../../functions/domain/rejected";
import { SecretProblemError } from "../../../../functions/domain/secret-problem";
import { schemes, signMessage } from "../../../../providers";
import { schemeOf } from "../../../support/providers/requests";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SECRET = "the-right-secret";
const ADDRESS = "https://user:password@hooks.example.com/own?token=t0ken";

interface Signed {
  readonly scheme?: string;
  readonly secret?: string;
  readonly signedAt?: number;
}

/** A request as the ingestion function kept it. */
function rejected(name: string, payload: unknown, of: Signed = {}): RejectedRequest {
  const { scheme: id = "stripe", secret = SECRET, signedAt = NOW } = of;
  const { headers, body } = signMessage(schemeOf(id), {
    body: Buffer.from(JSON.stringify(payload)),
    secret,
    now: signedAt,
    url: ADDRESS,
  });
  return {
    id: `own/20260102T030405000Z-${name}`,
    provider: "own",
    scheme: id,
    receivedAt: new Date(NOW).toISOString(),
    reason: "signature_mismatch",
    detail: "the secret did not sign these bytes",
    diagnosis: { cause: "no_secret_matched", detail: "" },
    requestId: name,
    request: {
      method: "POST",
      url: ADDRESS,
      query: { token: "t0ken" },
      headers: Object.fromEntries(
        Object.entries(headers).map(([header, value]) => [header.toLowerCase(), [value]]),
      ),
      body,
    },
  };
}

/** S3, the table and the queue in memory; `dieAt` breaks at a call. */
function world(requests: readonly RejectedRequest[], scheme = "stripe", secret = SECRET) {
  const there = new Map(requests.map((request) => [request.id, request]));
  const calls: string[] = [];
  const messages: QueueMessage[] = [];
  const claimed = new Set<string>();
  let dieAt: string | undefined;
  let orderingKey: string | undefined;
  const call = async <T>(name: string, effect: () => T): Promise<T> => {
    await Promise.resolve();
    if (name === dieAt) throw new Error(`${name} died`);
    calls.push(name);
    return effect();
  };
  const ports: ReleaseRunPorts = {
    rejected: {
      read: async (id) => there.get(id),
      remove: (id) => call("remove", () => void there.delete(id)),
    },
    note: (webhook) => call(`note ${webhook.id}`, () => undefined),
    provider: (name) =>
      name === "own"
        ? { name, scheme, secret: { ssm: "/x" }, ...(orderingKey && { orderingKey }) }
        : undefined,
    inbox: {
      secrets: { get: async () => [secret], refresh: async () => false, learn: async () => false },
      keys: { fetch: async () => undefined, refresh: async () => false },
      payloads: {
        put: () => call("payload", () => undefined),
        remove: () => call("payload removed", () => undefined),
      },
      records: {
        claim: ({ key }) =>
          call("claim", () => {
            const outcome = claimed.has(key) ? "duplicate" : "new";
            claimed.add(key);
            return outcome;
          }),
      },
      queue: { send: (message) => call("queue", () => void messages.push(message)) },
      now: () => NOW,
    },
  };
  const items = (): ListedRejected[] =>
    [...there.values()].map(({ id, provider, receivedAt, reason }) => ({
      id,
      provider,
      receivedAt,
      reason,
      cause: reason,
      bytes: 0,
    }));
  return {
    ports,
    calls,
    messages,
    left: () => [...there.keys()].map((id) => id.split("-").at(-1)),
    dieAt: (name: string | undefined) => (dieAt = name),
    orderBy: (key: string) => (orderingKey = key),
    run: (
      options: { dryRun?: boolean; ignoreTimestamp?: boolean } = {},
      signal = new AbortController().signal,
      secrets = ports.inbox.secrets,
    ) =>
      release(
        { items: items(), rate: 1e6, signal, onDone: () => undefined, ...options },
        { ...ports, inbox: { ...ports.inbox, secrets } },
      ),
  };
}

const event = (id: string) => ({ id, type: "invoice.paid", account: "acct_1" });

describe("a release", () => {
  test("stores and queues what today's secrets signed, as ingestion does, and removes it only after", async () => {
    const { run, calls, messages, left, orderBy } = world([rejected("a", event("evt_1"))]);
    orderBy("account");
    expect(await run()).toMatchObject({
      released: [{ provider: "own", id: "evt_1", type: "invoice.paid", outcome: "new" }],
      stillRejected: [],
      failed: [],
      left: 0,
    });
    expect(calls.slice(0, 3).sort()).toEqual(["claim", "payload", "queue"]);
    expect(calls.slice(3)).toEqual(["note evt_1", "remove"]);
    expect(left()).toEqual([]);
    expect(messages).toMatchObject([
      { group: "own:acct_1", deduplicationId: "own:evt_1:0", receivedAt: NOW, webhook: { replay: 0 } },
    ]);
  });

  test("in the order of arrival, each attempt of a provider under the same deduplication id", async () => {
    const { run, messages } = world([
      rejected("a", event("evt_1")),
      rejected("b", event("evt_2")),
      rejected("c", event("evt_1")),
    ]);
    const { released } = await run();
    expect(released.map(({ outcome }) => outcome)).toEqual(["new", "new", "duplicate"]);
    expect(messages.map(({ deduplicationId }) => deduplicationId)).toEqual([
      "own:evt_1:0",
      "own:evt_2:0",
      "own:evt_1:0",
    ]);
  });

  test.each([
    ["stripe", "an id that is signed", /^evt_1$/],
    ["github", "the delivery's id", /^[0-9a-f-]{36}~[0-9a-f]{16}$/],
    ["zoom", "a hash of the body", /^[0-9a-f]{64}$/],
    ["recharge", "a hash of the body and the time of signing", /^[0-9a-f]{64}$/],
    ["helpscout", "the id of the request that was kept", /^a$/],
  ])("of %s: the webhook is known by %s, also where it is released twice", async (scheme, _rule, key) => {
    const once = rejected("a", event("evt_1"), { scheme });
    const first = await world([once], scheme).run();
    const second = await world([once], scheme).run();
    expect(first.released[0]?.key).toMatch(key);
    expect(second.released[0]?.key).toBe(first.released[0]?.key);
  });

  test("leaves what is rejected again, goes on with the others, and can be run again", async () => {
    const { run, left } = world([
      rejected("a", event("evt_1"), { secret: "forged" }),
      rejected("b", event("evt_2")),
    ]);
    const first = await run();
    expect(first.stillRejected).toMatchObject([{ reason: "signature_mismatch" }]);
    expect(first.released).toHaveLength(1);
    expect(left()).toEqual(["a"]);
    expect(await run()).toMatchObject({ released: [], stillRejected: [{ reason: "signature_mismatch" }] });
  });

  test.each(["payload", "claim", "queue", "remove"])(
    "that dies at %s removes nothing, stops there, and run again releases each once",
    async (name) => {
      const { run, dieAt, left, messages } = world([
        rejected("a", event("evt_1")),
        rejected("b", event("evt_2")),
      ]);
      dieAt(name);
      const first = await run();
      expect([first.failed.length, first.left, left()]).toEqual([1, 1, ["a", "b"]]);
      dieAt(undefined);
      expect((await run()).released).toHaveLength(2);
      expect(left()).toEqual([]);
      expect(new Set(messages.map(({ deduplicationId }) => deduplicationId)).size).toBe(2);
    },
  );

  test("that is interrupted leaves the rest", async () => {
    const { run, left } = world([rejected("a", event("evt_1"))]);
    expect(await run({}, AbortSignal.abort())).toMatchObject({ released: [], left: 1 });
    expect(left()).toEqual(["a"]);
  });

  test("in a dry run only verifies", async () => {
    const { run, calls, left } = world([
      rejected("a", event("evt_1")),
      rejected("b", event("evt_2"), { secret: "forged" }),
    ]);
    const { released, stillRejected } = await run({ dryRun: true });
    expect([released.map(({ id }) => id), stillRejected.length, calls]).toEqual([["evt_1"], 1, []]);
    expect(left()).toEqual(["a", "b"]);
  });

  test.each([
    ["stripe", -600],
    ["stripe", 600],
    ["svix", -600],
    ["hubspot-v3", -600],
    ["contentful", -600],
    ["wix", -7_200],
    ["monday", -7_200],
  ])("of %s, signed %i s away, takes it past the window only where that is said", async (scheme, seconds) => {
    const of = { scheme, signedAt: NOW + seconds * 1000 };
    const { verify } = schemes[scheme] ?? {};
    const same = `whsec_${Buffer.from(SECRET).toString("base64")}`;
    const { secret, signWith } =
      verify?.kind === "custom" ? verify.newSecret() : { secret: same, signWith: same };
    const { run } = world([rejected("a", event("evt_1"), { ...of, secret: signWith })], scheme, secret);
    expect(await run()).toMatchObject({
      released: [],
      stillRejected: [{ reason: "timestamp_outside_window" }],
    });
    expect((await run({ ignoreTimestamp: true })).released).toHaveLength(1);
  });

  test("of what was verified, and came from an address that is not allowed, takes it whenever it was signed", async () => {
    const elsewhere = (secret: string) => {
      const request = rejected("a", event("evt_1"), { secret, signedAt: NOW - 6 * 86_400_000 });
      return world([{ ...request, reason: "source_not_allowed" as const }]);
    };
    expect((await elsewhere(SECRET).run()).released).toMatchObject([{ id: "evt_1", outcome: "new" }]);
    expect((await elsewhere("retired").run()).stillRejected).toMatchObject([
      { reason: "signature_mismatch" },
    ]);
  });

  test("past the window still needs a right signature", async () => {
    const { run } = world([rejected("a", event("evt_1"), { secret: "forged", signedAt: 0 })]);
    expect((await run({ ignoreTimestamp: true })).stillRejected).toMatchObject([
      { reason: "signature_mismatch" },
    ]);
  });

  test.each([
    ["secret_missing", () => Promise.resolve([])],
    ["secret_malformed", () => Promise.resolve(["whsec_..."])],
    [
      "secret_missing",
      () =>
        Promise.reject(new SecretProblemError("secret_missing", "the provider sends it in its handshake")),
    ],
  ])("without a usable secret leaves it, with %s, and releases it once there is one", async (reason, get) => {
    const { run, ports, left } = world([{ ...rejected("a", event("evt_1")), reason: "secret_missing" }]);
    const { secrets } = ports.inbox;
    expect(await run({}, undefined, { ...secrets, get })).toMatchObject({
      released: [],
      stillRejected: [{ reason }],
      failed: [],
    });
    expect(left()).toEqual(["a"]);
    expect((await run()).released).toMatchObject([{ id: "evt_1", outcome: "new" }]);
  });

  test("of a genuine body whose signed time cannot be read takes it only where that is said", async () => {
    const scheme = schemes["linear"];
    if (!scheme) throw new Error("no scheme");
    const body = Buffer.from('{"action":"create","value":NaN}');
    const digest = createHmac("sha256", SECRET).update(body).digest("hex");
    const unreadable = (signature: string): RejectedRequest => {
      const kept = rejected("a", {}, { scheme: "linear" });
      const headers = { ...kept.request.headers, "linear-signature": [signature] };
      return { ...kept, reason: "body_malformed", request: { ...kept.request, headers, body } };
    };
    const { run, messages } = world([unreadable(digest)], "linear");
    expect((await run()).stillRejected).toMatchObject([
      { reason: "body_malformed", detail: expect.stringContaining("its signature is right") as string },
    ]);
    expect((await run({ ignoreTimestamp: true })).released).toHaveLength(1);
    expect(messages[0]?.webhook.dataBase64).toBe(body.toString("base64"));
    const forged = world(
      [unreadable(digest.replace(/^./, (digit) => (digit === "0" ? "1" : "0")))],
      "linear",
    );
    expect((await forged.run({ ignoreTimestamp: true })).released).toEqual([]);
  });

  test("of a provider that is configured no more leaves it", async () => {
    const { run } = world([
      { ...rejected("a", event("evt_1")), provider: "gone", id: "gone/20260102T030405000Z-a" },
    ]);
    expect((await run()).stillRejected).toMatchObject([{ reason: "not_configured" }]);
  });

  test("does not release a challenge, which only its provider's next attempt gets answered", async () => {
    const challenge = { type: "url_verification", challenge: "abc" };
    const { run, calls } = world([rejected("a", challenge, { scheme: "slack" })], "slack");
    expect((await run()).stillRejected).toMatchObject([{ reason: "challenge" }]);
    expect(calls).toEqual([]);
  });
});

describe("what is shown of a rejected request", () => {
  test.each(["gitlab", "cloudflare-notifications", "postmark", "microsoft-graph", "stripe"])(
    "of %s holds neither a secret nor a signature",
    (scheme) => {
      const secret = scheme === "postmark" ? "user:the-right-secret" : SECRET;
      const payload = scheme === "microsoft-graph" ? { value: [{ changeType: "created" }] } : event("evt_1");
      const request = rejected("a", payload, { scheme, secret });
      const shown = JSON.stringify(redacted(request));
      const values = Object.entries(request.request.headers).flatMap(([name, all]) =>
        name === "content-type" ? [] : (all ?? []),
      );
      for (const text of [...values, secret, "password", "t0ken"]) expect(shown).not.toContain(text);
      expect(shown).toContain("https://hooks.example.com/own");
    },
  );

  test("names the headers, and shows the body byte for byte where it is text", () => {
    const { request } = redacted(rejected("a", event("evt_1")));
    expect(request.headers["stripe-signature"]).toMatch(/^\(\d+ characters, not shown\)$/);
    expect(request.body).toBe(JSON.stringify(event("evt_1")));
  });

  test("on a terminal is text that no terminal acts upon", () => {
    expect(sanitize("a\u001b[31m\u009b2J\u202eb\n\tc", "\n\t")).toBe("a\\u001b[31m\\u009b2J\\u202eb\n\tc");
  });
});
