import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { randomUUID } from "node:crypto";
import { OUTAGE_RETRY_AFTER_SECONDS } from "../../functions/domain/retry-after";
import { aProvider, startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(60_000);

let inbox: Inbox;
beforeAll(async () => {
  inbox = await startInbox({
    config: {
      providers: [
        aProvider("acme", "hmac-sha256", {
          filter: "data.ignore ? false : true",
          transform: "data.poison ? $error('this one is poison') : { 'n': data.n }",
        }),
        aProvider("billing", "stripe", { orderingKey: "account" }),
      ],
    },
  });
}, 120_000);
afterAll(() => inbox?.close());

async function sendAcme(payload: Record<string, unknown>): Promise<string> {
  const reply = await inbox.send("acme", { unique: randomUUID(), ...payload }, { type: "thing.made" });
  expect(reply.status).toBe(202);
  return String(reply.json["id"]);
}

const statusOf = async (id: string) => (await inbox.record("acme", id))?.["status"];

describe("a webhook that the workflow cannot process", () => {
  test("is tried three times and dead-lettered with its reason; its neighbours are published in order", async () => {
    const before = await sendAcme({ n: 1 });
    const poison = await sendAcme({ poison: true });
    const behind = [await sendAcme({ n: 2 }), await sendAcme({ n: 3 })];

    for (const id of [before, ...behind]) await inbox.events.next(id);
    await until("the poison webhook marked", async () => (await statusOf(poison)) === "dead_lettered");

    const [deadLetter, ...others] = await inbox.deadLetters();
    expect(others).toEqual([]);
    expect(JSON.parse(deadLetter?.Body ?? "{}")).toMatchObject({ provider: "acme", id: poison });
    const attributes = Object.fromEntries(
      Object.entries(deadLetter?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
        name,
        StringValue,
      ]),
    );
    expect(attributes).toMatchObject({
      ErrorCode: "States.QueryEvaluationError",
      ErrorMessage: expect.stringContaining("this one is poison") as string,
      OriginalMessageGroupId: "acme",
      OriginalDeduplicationId: expect.stringMatching(`^acme:${poison}~[0-9a-f]{16}:0$`) as string,
      Attempts: "3",
    });
    const record = await inbox.record("acme", poison);
    expect(record).toMatchObject({ failures: 3, executionArn: attributes["ExecutionArn"] });

    const all = (await inbox.events.all()).map(({ detail }) => detail.id);
    expect(all.filter((id) => [before, poison, ...behind].includes(id))).toEqual([before, ...behind]);
  });
});

describe("a provider's expressions", () => {
  test("a filter that is not met ends as filtered and publishes nothing", async () => {
    const id = await sendAcme({ ignore: true });
    await until("filtered", async () => (await statusOf(id)) === "filtered");
    expect(await inbox.events.of(id)).toEqual([]);
  });

  test("a transform's result becomes the event's data", async () => {
    const id = await sendAcme({ n: 42, more: "dropped" });
    expect((await inbox.events.next(id)).detail.data).toEqual({ n: 42 });
  });
});

test("an ordering key makes a message group per value", async () => {
  const event = (account: string) => ({ id: `evt_${randomUUID()}`, type: "a.b", account });
  for (const account of ["acct_1", "acct_2"]) {
    const payload = event(account);
    await inbox.send("billing", payload);
    await inbox.events.next(payload.id);
    expect(await inbox.record("billing", payload.id)).toMatchObject({ group: `billing:${account}` });
  }
});

describe("a function's role that lacks one permission", () => {
  /** Takes one action away from a function's role; answers how to give it back. */
  async function withoutPermission(functionName: string, action: string): Promise<() => Promise<void>> {
    const RoleName = functionName;
    const { PolicyNames = [] } = await inbox.iam.send(new ListRolePoliciesCommand({ RoleName }));
    const [PolicyName] = PolicyNames;
    const { PolicyDocument = "" } = await inbox.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const original = decodeURIComponent(PolicyDocument);
    const policy = JSON.parse(original) as { Statement: { Action: string | string[] }[] };
    const reduced = {
      ...policy,
      Statement: policy.Statement.map((statement) => ({
        ...statement,
        Action: [statement.Action].flat().map((name) => (name === action ? "sqs:ListQueues" : name)),
      })),
    };
    const put = (document: string) =>
      inbox.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    expect(JSON.stringify(reduced)).not.toContain(`"${action}"`);
    expect(original).toContain(`"${action}"`);
    await put(JSON.stringify(reduced));
    return async () => void (await put(original));
  }

  test.each(["sqs:SendMessage", "s3:PutObject", "dynamodb:UpdateItem"])(
    "without %s nothing is accepted, the provider is asked to retry, and then it works",
    async (action) => {
      const restore = await withoutPermission(inbox.stack.outputs.ingestion_function_name, action);
      const payload = { unique: randomUUID(), n: 7 };
      try {
        const reply = await inbox.send("acme", payload, { type: "thing.made" });
        expect(reply.status).toBe(503);
        expect(reply.headers.get("retry-after")).toMatch(/^\d+$/);
        expect(reply.headers.get("content-type")).toBe("application/problem+json");
        expect(reply.text).not.toMatch(/AccessDenied|not authorized|arn:aws/i);
      } finally {
        await restore();
      }
      const retried = await inbox.send("acme", payload, { type: "thing.made" });
      expect([200, 202]).toContain(retried.status);
      const id = String(retried.json["id"]);
      await inbox.events.next(id);
      expect(await inbox.events.of(id)).toHaveLength(1);
    },
  );

  test("without states:StartSyncExecution nothing is published, and nothing is lost or dead-lettered", async () => {
    const restore = await withoutPermission(
      inbox.stack.outputs.processing_function_name,
      "states:StartSyncExecution",
    );
    const id = await sendAcme({ n: 8 });
    try {
      await until("the failure on record", async () => (await statusOf(id)) === "failed");
      expect(await inbox.events.of(id)).toEqual([]);
    } finally {
      await restore();
    }
    expect(await inbox.queued()).toBeGreaterThan(0);
    expect(await inbox.deadLetters()).toEqual([]);
    // A service's failure is waited out longer than a webhook's own.
    await inbox.events.next(id, (OUTAGE_RETRY_AFTER_SECONDS + 15) * 1_000);
    expect(await inbox.events.of(id)).toHaveLength(1);
  });
});
