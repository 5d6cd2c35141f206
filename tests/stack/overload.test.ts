import { createHmac, randomUUID } from "node:crypto";
import { byHand } from "../support/by-hand";
import { startFaultProxy, type Fault, type FaultProxy } from "../support/fault-proxy";
import { startInbox, type Inbox, type Reply } from "../support/inbox";

jest.setTimeout(60_000);

let proxy: FaultProxy;
let inbox: Inbox;
beforeAll(async () => {
  proxy = await startFaultProxy();
  const scheme = "hmac-sha256";
  inbox = await startInbox({
    functionsEndpoint: proxy.endpoint,
    config: {
      providers: [
        { name: "acme", scheme, secret: { ssm: "/webhook-inbox/local/acme" } },
        {
          name: "narrow",
          scheme,
          secret: { ssm: "/webhook-inbox/local/narrow" },
          throttle: { burst: 2, rate: 1 },
        },
      ],
    },
  });
  proxy.forwardTo(inbox.stack.emulator);
  proxy.shortenWaits(20);
}, 120_000);
afterAll(async () => {
  await inbox?.close();
  await proxy?.close();
});
afterEach(() => proxy.decide(() => undefined));

const post = (payload: unknown, provider = "acme") => inbox.send(provider, payload, { type: "thing.made" });
const stored = async () => [await inbox.recordCount(), await inbox.queued()];

function expectToBeToldToComeAgain(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
  expect(reply.json).toMatchObject({ status, title: expect.any(String) as string });
  expect(reply.text).not.toMatch(/throttl|slow ?down|exception|\bat .*:\d+|arn:aws/i);
}

async function expectTakenAndPublishedOnce(payload: unknown): Promise<void> {
  const reply = await post(payload);
  expect([200, 202]).toContain(reply.status);
  const id = String(reply.json["id"]);
  await inbox.events.next(id, 30_000);
  await inbox.emptied();
  expect(await inbox.events.of(id)).toHaveLength(1);
}

describe("a limit behind the endpoint: the provider is asked to retry, and then accepted", () => {
  test.each<[string, Fault]>([
    ["S3.PutObject", { kind: "reject", status: 503, code: "SlowDown" }],
    ["DynamoDB.UpdateItem", { kind: "reject", status: 400, code: "ThrottlingException" }],
    ["DynamoDB.UpdateItem", { kind: "reject", status: 400, code: "ProvisionedThroughputExceededException" }],
    ["SQS.SendMessage", { kind: "reject", status: 400, code: "RequestThrottled" }],
  ])("%s, %o", async (limited, fault) => {
    const payload = { unique: randomUUID() };
    proxy.decide(({ action }) => (action === limited ? fault : undefined));
    expectToBeToldToComeAgain(await post(payload), 503);
    proxy.decide(() => undefined);
    await expectTakenAndPublishedOnce(payload);
  });

  test("the function's concurrency: nothing of it is stored", async () => {
    const hand = byHand(inbox);
    const ingestion = inbox.stack.outputs.ingestion_function_name;
    const payload = { unique: randomUUID() };
    const before = await stored();
    await hand.reserve(ingestion, 0);
    try {
      // API Gateway makes its own 503 of it (requirement 1 of tests/unit/components); the emulator hands Lambda's 429 on.
      expect([429, 503]).toContain((await post(payload)).status);
      expect(await stored()).toEqual(before);
    } finally {
      await hand.unreserve(ingestion);
    }
    await expectTakenAndPublishedOnce(payload);
  });
});

test("a limit of Step Functions behind the queue is no matter of the provider's: accepted, waited out, published", async () => {
  let limited = 0;
  proxy.decide(({ action }) => {
    if (action !== "StepFunctions.StartSyncExecution" || limited === 1) return undefined;
    limited += 1;
    return { kind: "reject", status: 400, code: "ThrottlingException" };
  });
  await expectTakenAndPublishedOnce({ unique: randomUUID() });
  expect(limited).toBe(1);
  expect(await inbox.deadLetters()).toEqual([]);
});

test("a provider with a throttle of its own is not taken at the common path, where that would not hold", async () => {
  const before = await stored();
  for (const [provider, status] of [
    ["narrow", 404],
    ["acme", 202],
  ] as const) {
    const body = JSON.stringify({ unique: randomUUID() });
    const signature = createHmac("sha256", inbox.stack.providers[provider]?.secret ?? "")
      .update(body)
      .digest("hex");
    const reply = await inbox.post(
      "",
      {
        "x-webhook-provider": provider,
        "x-webhook-signature": signature,
      },
      body,
    );
    expect([provider, reply.status]).toEqual([provider, status]);
    if (status !== 404) continue;
    expect(reply.json).toMatchObject({ detail: "This provider is taken at /webhook/narrow only." });
    expect(await stored()).toEqual(before);
  }
});

test("above a path's own throttle the provider gets 429, and nothing of it is stored", async () => {
  const replies = await Promise.all(
    Array.from({ length: 12 }, () => post({ unique: randomUUID() }, "narrow")),
  );
  const rejected = replies.filter(({ status }) => status === 429);
  expect(rejected.length).toBeGreaterThan(0);
  expect(rejected.length + replies.filter(({ status }) => status === 202).length).toBe(12);
  for (const reply of rejected) {
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.json).toMatchObject({ status: 429, title: "Too many requests" });
  }
});
