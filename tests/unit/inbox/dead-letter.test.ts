import { SendMessageCommand, SQS, SQSClient, type Message } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import {
  byArrival,
  matches,
  MOVED_BY_SQS,
  MOVED_FROM_CONSUMER,
  parseDeadLetter,
  type DeadLetter,
  wholeIds,
} from "../../../inbox/dead-letter";
import { deadLetterJson } from "../../../cli/options/dead-letters";
import { encodeAttributes } from "../../../functions/adapters/message-attributes";
import { createDeadLetterSender } from "../../../functions/adapters/queue";
import { redriveDeduplicationId } from "../../../functions/domain/webhook";
import { aWebhook } from "../../support/a-webhook";

const BODY = JSON.stringify(aWebhook("evt_1", { provider: "stripe", type: "invoice.paid" }));

/** What is in the dead-letter queue once the processor has dead-lettered a message. */
async function deadLettered(messageId: string): Promise<Message> {
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).resolves({});
  await createDeadLetterSender("https://dlq.fifo", new SQS()).send(
    {
      messageId,
      receiptHandle: "",
      body: BODY,
      group: "stripe",
      deduplicationId: "stripe:evt_1:0",
      sequence: "7",
      receiveCount: 3,
      receivedAt: "2026-01-02T03:04:05.678Z",
    },
    { error: { code: "MalformedDetail", message: "no" }, executionArn: "arn:x", attempts: 3 },
  );
  const sent = sqs.commandCalls(SendMessageCommand)[0]?.args[0].input;
  sqs.restore();
  return {
    MessageId: "id-in-the-dead-letter-queue",
    ReceiptHandle: "handle",
    Body: sent?.MessageBody,
    MessageAttributes: sent?.MessageAttributes,
    Attributes: {
      MessageGroupId: sent?.MessageGroupId ?? "",
      MessageDeduplicationId: sent?.MessageDeduplicationId ?? "",
      SentTimestamp: "1767323100000",
      SequenceNumber: "20",
    },
  };
}

const movedBySqs: Message = {
  MessageId: "m-1",
  ReceiptHandle: "handle",
  Body: BODY,
  Attributes: {
    MessageGroupId: "stripe",
    // What SQS makes of it on the move.
    MessageDeduplicationId: "m-1",
    SentTimestamp: "1767323100000",
    SequenceNumber: "21",
  },
};

describe("a dead letter", () => {
  test("that the processor dead-lettered says why and from where, and is in a group of its own", async () => {
    expect(parseDeadLetter(await deadLettered("m-1"))).toMatchObject({
      messageId: "m-1",
      webhook: { provider: "stripe", id: "evt_1" },
      group: "stripe",
      shared: false,
      receivedAt: "2026-01-02T03:04:05.678Z",
      reason: { code: "MalformedDetail", message: "no" },
      executionArn: "arn:x",
      attempts: 3,
    });
  });

  test("that SQS moved says so, and shares its group", () => {
    const deadLetter = parseDeadLetter(movedBySqs);
    expect(deadLetter).toMatchObject({
      messageId: "m-1",
      group: "stripe",
      shared: true,
      reason: MOVED_BY_SQS,
    });
    expect(deadLetter.receivedAt).toBe("2026-01-02T03:05:00.000Z");
  });

  test("with a body that is no webhook has no webhook", () => {
    expect(parseDeadLetter({ ...movedBySqs, Body: "hello" })).toMatchObject({
      body: "hello",
      messageId: "m-1",
    });
    expect(parseDeadLetter({ ...movedBySqs, Body: "hello" }).webhook).toBeUndefined();
  });

  test("is queued under an id that is its own: one for the same message, another when it fails again", async () => {
    const first = redriveDeduplicationId(parseDeadLetter(await deadLettered("m-1")).messageId);
    expect(redriveDeduplicationId(parseDeadLetter(movedBySqs).messageId)).toBe(first);
    expect(redriveDeduplicationId(parseDeadLetter(await deadLettered("m-2")).messageId)).not.toBe(first);
    expect(first).not.toBe("stripe:evt_1:0");
    expect(first.length).toBeLessThanOrEqual(128);
  });
});

describe("a dead letter of a consumer", () => {
  const of = (event: object, sequence = "5"): Message => ({
    ...movedBySqs,
    Body: JSON.stringify({
      ...{ id: "evt_1", provider: "stripe", type: "invoice.paid", replay: 0, sequence },
      receivedat: "2026-01-02T03:04:05.678Z",
      ...event,
    }),
    MessageAttributes: encodeAttributes({ recordKey: "stripe#evt_1~ab", s3Key: "raw/stripe/x" }),
  });

  test("names the webhook of its event, and keeps what the consumer's function reads beside it", () => {
    expect(parseDeadLetter(of({}), "crm")).toMatchObject({
      webhook: { provider: "stripe", id: "evt_1", key: "evt_1~ab", s3Key: "raw/stripe/x" },
      receivedAt: "2026-01-02T03:04:05.678Z",
      source: { recordKey: "stripe#evt_1~ab", s3Key: "raw/stripe/x" },
      reason: MOVED_FROM_CONSUMER,
    });
    expect(parseDeadLetter({ ...movedBySqs, Body: "hello" }, "crm").webhook).toBeUndefined();
  });

  test("comes in the order of its group, also if it is a replay of an old webhook", () => {
    const replay = parseDeadLetter(of({ receivedat: "2025-12-01T00:00:00Z", replay: 1 }, "10"), "crm");
    const first = parseDeadLetter(of({}, "9"), "crm");
    expect(byArrival([replay, first])).toEqual([first, replay]);
  });
});

describe("a dead letter that the recovery function has redriven before", () => {
  test("says so, and one that it has not does not", () => {
    const again = {
      ...movedBySqs,
      MessageAttributes: { RedrivenBy: { DataType: "String", StringValue: "recovery" } },
    };
    expect(parseDeadLetter(again)).toMatchObject({ redriven: true, reason: MOVED_BY_SQS });
    expect(deadLetterJson(parseDeadLetter(again), 0)).toMatchObject({ redrivenByRecovery: true });
    expect(deadLetterJson(parseDeadLetter(movedBySqs), 0)).toMatchObject({ redrivenByRecovery: false });
  });
});

describe("filters of dead letters", () => {
  const now = Date.parse("2026-01-02T04:04:05.678Z");
  test.each([
    [{}, true],
    [{ provider: "stripe", type: "invoice.paid", reason: "MalformedDetail" }, true],
    [{ provider: "github" }, false],
    [{ provider: "stripe", type: "charge.refunded" }, false],
    [{ reason: "MovedBySqs" }, false],
    [{ ids: ["evt_1"] }, true],
    [{ ids: ["evt_2", "m-1"] }, true],
    [{ ids: ["evt_2"] }, false],
    [{ olderThan: 3_600 }, true],
    [{ olderThan: 3_601 }, false],
    [{ newerThan: 3_600 }, false],
    [{ newerThan: 3_601 }, true],
  ])("%j: %s", async (filter, expected) => {
    expect(matches(parseDeadLetter(await deadLettered("m-1")), filter, now)).toBe(expected);
  });

  test("one of a provider does not match a body that is no webhook", () => {
    expect(matches(parseDeadLetter({ ...movedBySqs, Body: "hello" }), { provider: "stripe" }, now)).toBe(
      false,
    );
  });
});

describe("the beginning of an id", () => {
  const named = async (id: string) => {
    const message = await deadLettered(`message-of-${id}`);
    return parseDeadLetter({ ...message, Body: BODY.replaceAll("evt_1", id) });
  };

  test("stands for the one dead letter that has it, in its event id or its own", async () => {
    const deadLetters = [await named("evt_first"), await named("evt_second")];
    const own = deadLetters[0]?.messageId ?? "";
    expect(wholeIds(["evt_s", own.slice(0, -1), "evt_first", "nobody"], deadLetters)).toEqual([
      "evt_second",
      "evt_first",
      "evt_first",
      "nobody",
    ]);
  });

  test("of several is rejected with all of them; one of less than four characters is no beginning", async () => {
    const deadLetters = [await named("evt_first"), await named("evt_second")];
    expect(() => wholeIds(["evt_"], deadLetters)).toThrow(
      "Several ids begin with evt_: evt_first, evt_second.",
    );
    expect(wholeIds(["evt"], deadLetters)).toEqual(["evt"]);
  });
});

test("dead letters are ordered by arrival of their webhooks, then by dead-lettering", () => {
  const deadLetter = (receivedAt: string, deadLetteredAt: number, sequence: string) =>
    ({ ...parseDeadLetter(movedBySqs), receivedAt, deadLetteredAt, sequence }) satisfies DeadLetter;
  const deadLetters = [
    deadLetter("2026-01-02T03:00:00.000Z", 1, "9"),
    deadLetter("2026-01-02T03:00:00.001Z", 2, "10"),
    deadLetter("2026-01-02T03:00:00.001Z", 3, "9"),
    deadLetter("2026-01-02T03:00:00.001Z", 3, "10"),
  ];
  expect(byArrival([...deadLetters].reverse())).toEqual(deadLetters);
});
