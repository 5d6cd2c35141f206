import type { SQSHandler } from "aws-lambda";
import { sqsHandler, type SqsRecord } from "../../../consumer";
import { webhookEvent } from "../../support/webhook-event";

/** A message with an event of the same id. */
const message = (messageId: string, MessageGroupId?: string): SqsRecord => ({
  messageId,
  body: JSON.stringify(webhookEvent({ id: messageId })),
  attributes: { MessageGroupId },
});

/** Hands messages to a handler whose effect fails for the given ids. */
async function handled(Records: readonly SqsRecord[], failing: readonly string[] = []) {
  const tried: string[] = [];
  const errors: string[] = [];
  const handler = sqsHandler<SqsRecord>(
    async ({ id }) => {
      tried.push(id);
      await Promise.resolve();
      if (failing.includes(id)) throw new Error(`no ${id}`);
    },
    { onError: (error, { messageId }) => errors.push(`${messageId}: ${String(error)}`) },
  );
  const { batchItemFailures } = await handler({ Records });
  return { tried, errors, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

test("it is a handler of a Lambda function", () => {
  const handler: SQSHandler = sqsHandler(() => Promise.resolve());
  expect(handler).toBeInstanceOf(Function);
});

test("a batch that is handled has no failures", async () => {
  const { tried, failed } = await handled([message("a1", "a"), message("a2", "a")]);
  expect({ tried, failed }).toEqual({ tried: ["a1", "a2"], failed: [] });
});

test("behind the first failure of a group, the rest of it is returned untried", async () => {
  const { tried, failed, errors } = await handled(
    [message("a1", "a"), message("a2", "a"), message("a3", "a"), message("a4", "a")],
    ["a2"],
  );
  expect(tried).toEqual(["a1", "a2"]);
  expect(failed).toEqual(["a2", "a3", "a4"]);
  expect(errors).toEqual(["a2: Error: no a2"]);
});

test("a failure in one group leaves another alone", async () => {
  const records = [message("a1", "a"), message("b1", "b"), message("a2", "a"), message("b2", "b")];
  const { tried, failed } = await handled(records, ["a1"]);
  expect(tried).toEqual(["a1", "b1", "b2"]);
  expect(failed).toEqual(["a1", "a2"]);
});

test("a group waits for no other", async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const handler = sqsHandler<SqsRecord>(({ id }) => (id === "slow" ? gate : Promise.resolve(release())));
  await expect(handler({ Records: [message("slow", "a"), message("fast", "b")] })).resolves.toEqual({
    batchItemFailures: [],
  });
});

test("a message that holds no event fails and holds its group", async () => {
  const { failed, errors } = await handled([{ ...message("a1", "a"), body: "{}" }, message("a2", "a")]);
  expect(failed).toEqual(["a1", "a2"]);
  expect(errors).toEqual([expect.stringContaining("no event of a webhook inbox")]);
});

test("messages of a standard queue are each on their own", async () => {
  const { failed } = await handled([message("1"), message("2"), message("3")], ["1"]);
  expect(failed).toEqual(["1"]);
});
