import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
} from "@aws-sdk/client-sqs";
import { parseWebhook } from "../functions/domain/message";
import {
  deduplicationId,
  INLINE_LIMIT_BYTES,
  inlineSize,
  recordKey,
  type Webhook,
} from "../functions/domain/webhook";
import type { Inbox } from "./trace/inbox";
import type { Operation, WebhookRecord } from "./trace/model";
import { readRecord } from "./trace/records";
import { readPayload } from "./trace/trace";

/** What a person can do to a webhook. Each refusal is an {@link ActionRefusedError}. */
export interface Actions {
  /** Publishes it once more, under the next replay number. */
  replay(provider: string, id: string): Promise<{ readonly replay: number }>;
  /** Sends its message from the dead-letter queue to the queue again. */
  redrive(provider: string, id: string): Promise<void>;
}

/** Why something cannot be done, for the person who asked. */
export class ActionRefusedError extends Error {
  override readonly name = "ActionRefusedError";
}

/** Seconds that dead letters are hidden while one of them is looked for. */
const HIDDEN_SECONDS = 30;

/** Receives of up to ten dead letters before the search is given up. */
const MAX_RECEIVES = 50;

export function actionsOn(inbox: Inbox): Actions {
  const { dynamodb, sqs } = inbox.clients;
  const { dynamodb_table_name: TableName, sqs_queue_url, dlq_url } = inbox.outputs;

  /**
   * Notes on the record what a person does, with whatever else changes.
   * @throws {ActionRefusedError} where someone else did something to it at the same moment
   */
  async function note(record: WebhookRecord, done: Omit<Operation, "at">, remove = ""): Promise<void> {
    const before = record.operations.length;
    const operation: AttributeValue = {
      M: {
        kind: { S: done.kind },
        at: { S: new Date().toISOString() },
        ...(done.replay !== undefined && { replay: { N: String(done.replay) } }),
      },
    };
    try {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: { S: recordKey(record.provider, record.id) } },
          UpdateExpression: `SET operations = list_append(if_not_exists(operations, :none), :one) ${remove}`,
          ConditionExpression:
            before === 0 ? "attribute_not_exists(operations)" : "size(operations) = :before",
          ExpressionAttributeValues: {
            ":none": { L: [] },
            ":one": { L: [operation] },
            ...(before > 0 && { ":before": { N: String(before) } }),
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new ActionRefusedError("Someone else is doing something to it at this moment. Look again.");
    }
  }

  async function send(webhook: Webhook, group: string, deduplication: string, receivedAt: string) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: sqs_queue_url,
        MessageBody: JSON.stringify(webhook),
        MessageGroupId: group,
        MessageDeduplicationId: deduplication,
        MessageAttributes: { ReceivedAt: { DataType: "String", StringValue: receivedAt } },
      }),
    );
  }

  /** Takes the letter of a webhook off the dead-letter queue for a while; the others are let go again at once. */
  async function takeLetter(provider: string, id: string): Promise<Message | undefined> {
    const others: Message[] = [];
    let found: Message | undefined;
    for (let receives = 0; receives < MAX_RECEIVES && !found; receives += 1) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: dlq_url,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN_SECONDS,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["MessageGroupId"],
        }),
      );
      if (Messages.length === 0) break;
      for (const message of Messages) {
        if (!found && isOf(message, provider, id)) found = message;
        else others.push(message);
      }
    }
    await Promise.all(
      others.map(({ ReceiptHandle }) =>
        sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: dlq_url, ReceiptHandle, VisibilityTimeout: 0 }),
        ),
      ),
    );
    return found;
  }

  return {
    async replay(provider, id) {
      const record = await readRecord(inbox, provider, id);
      if (!record?.s3Key) throw new ActionRefusedError("There is no record of this webhook any more.");
      if (record.status !== "published" && record.status !== "filtered") {
        throw new ActionRefusedError(
          `It is ${record.status}; only what was published or filtered can be replayed.`,
        );
      }
      const body = await readPayload(inbox, record);
      if (!body) throw new ActionRefusedError("Its payload is not in the bucket any more, or is in Glacier.");
      const replay = 1 + Math.max(record.replay, ...record.operations.map((one) => one.replay ?? 0));
      // Two who ask at once get the same number; the update lets one of them pass.
      await note(record, { kind: "replay", replay });
      const text = body.toString();
      const webhook: Webhook = {
        provider,
        id,
        type: record.type,
        ...(record.time !== undefined && { time: record.time }),
        contentType: record.contentType ?? "application/json",
        size: body.length,
        s3Key: record.s3Key,
        replay,
        ...(inlineSize(text) <= INLINE_LIMIT_BYTES && { data: text }),
      };
      await send(webhook, record.group ?? provider, deduplicationId(webhook), record.receivedAt);
      return { replay };
    },

    async redrive(provider, id) {
      const letter = await takeLetter(provider, id);
      if (!letter?.Body) {
        throw new ActionRefusedError(
          "Its message was not found in the dead-letter queue. It is gone, or waits behind older ones of its group: send those again first.",
        );
      }
      const attribute = (name: string) => letter.MessageAttributes?.[name]?.StringValue;
      // Before the message is sent: its count of failures must not park it again at once.
      const record = await readRecord(inbox, provider, id);
      if (record) await note(record, { kind: "redrive" }, "REMOVE failures");
      await send(
        parseWebhook(letter.Body),
        attribute("OriginalMessageGroupId") ?? letter.Attributes?.MessageGroupId ?? provider,
        `redrive:${letter.MessageId}`,
        attribute("ReceivedAt") ?? new Date().toISOString(),
      );
      // A crash before this sends it twice at most, and what is published once is not published again.
      await sqs.send(new DeleteMessageCommand({ QueueUrl: dlq_url, ReceiptHandle: letter.ReceiptHandle }));
    },
  };
}

function isOf({ Body = "" }: Message, provider: string, id: string): boolean {
  try {
    const webhook = parseWebhook(Body);
    return webhook.provider === provider && webhook.id === id;
  } catch {
    return false;
  }
}
