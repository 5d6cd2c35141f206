import { setTimeout as pause } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  TransactionConflictException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { cleanText } from "../domain/characters";
import type { Claim, IngestPorts } from "../domain/ingest-ports";
import type { CallLimit, Failure, GroupPorts } from "../domain/group-ports";
import type { RecoverPorts } from "../domain/recover";
import type { Status } from "../domain/record";
import { keyOf, recordKey, type Webhook } from "../domain/webhook";
import { recentPartition, shardOf, unresolvedPartition } from "./indexes";
import { CALL_TIMEOUT_MS } from "./clients";
import { orUnavailable } from "./unavailable";

const s = (value: string): AttributeValue => ({ S: value });
const n = (value: number): AttributeValue => ({ N: String(value) });
const status = (value: Status): AttributeValue => s(value);

const SECONDS_PER_DAY = 86_400;

/** Maximum length of an error text in a record, in code points. */
const MAX_ERROR_LENGTH = 2_000;

type Fields = Readonly<Record<string, AttributeValue | undefined>>;

/** Names and values of an update; every name goes through a placeholder, since many are reserved words. */
function placeholders(fields: Fields) {
  const present = Object.entries(fields).filter((entry): entry is [string, AttributeValue] => !!entry[1]);
  return {
    fields: present.map(([field]) => field),
    names: Object.fromEntries(present.map(([field]) => [`#${field}`, field])),
    values: Object.fromEntries(present.map(([field, value]) => [`:${field}`, value])),
  };
}

function claimFields({ key, webhook, group, receivedAt }: Claim, retentionDays: number): Fields {
  const received = new Date(receivedAt).toISOString();
  return {
    status: status("received"),
    provider: s(webhook.provider),
    eventId: s(webhook.id),
    type: s(webhook.type),
    time: webhook.time === undefined ? undefined : s(webhook.time),
    receivedAt: s(received),
    recent: s(recentPartition(received, shardOf(key))),
    s3Key: s(webhook.s3Key),
    size: n(webhook.size),
    contentType: s(webhook.contentType),
    group: s(group),
    replay: n(webhook.replay),
    expiresAt: n(Math.floor(receivedAt / 1000) + retentionDays * SECONDS_PER_DAY),
  };
}

/**
 * Creates webhook records in the table.
 * @param retentionDays days after which DynamoDB removes a record; from then on the same event counts as new
 */
export function createRecordStore(
  table: string,
  dynamodb: DynamoDBClient,
  retentionDays: number,
): IngestPorts["records"] {
  const update = updater(table, dynamodb);

  /** Leaves existing fields unchanged: a redelivery never overwrites a later status. */
  async function claimLive(claim: Claim): Promise<"new" | "duplicate"> {
    const { fields, names, values } = placeholders(claimFields(claim, retentionDays));
    const { Attributes: old } = await update({
      Key: { pk: s(claim.key) },
      UpdateExpression: `SET ${fields.map((field) => `#${field} = if_not_exists(#${field}, :${field})`).join(", ")}, lastReceivedAt = :receivedAt ADD attempts :one`,
      // TTL removes an expired record up to days later; until then it counts as absent.
      ConditionExpression: "attribute_not_exists(expiresAt) OR expiresAt > :nowSeconds",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ":one": n(1), ":nowSeconds": nowSeconds(claim) },
      ReturnValues: "ALL_OLD",
    });
    return old === undefined || Object.keys(old).length === 0 ? "new" : "duplicate";
  }

  async function replaceExpired(claim: Claim): Promise<"new"> {
    const { fields, names, values } = placeholders(claimFields(claim, retentionDays));
    await update({
      Key: { pk: s(claim.key) },
      UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(", ")}, lastReceivedAt = :receivedAt, attempts = :one REMOVE publishedAt, doneReplay, executionArn, #error, failures, unresolved`,
      ConditionExpression: "expiresAt <= :nowSeconds",
      ExpressionAttributeNames: { ...names, "#error": "error" },
      ExpressionAttributeValues: { ...values, ":one": n(1), ":nowSeconds": nowSeconds(claim) },
    });
    return "new";
  }

  return {
    async claim(claim) {
      const outcome = unlessConditionFails(claimLive(claim))
        .then((live) => live ?? unlessConditionFails(replaceExpired(claim)))
        // A concurrent request replaced the expired record, which is live now.
        .then((done) => done ?? claimLive(claim));
      return orUnavailable("DynamoDB UpdateItem", outcome);
    },
  };
}

/** Records failures and dead letters; the workflow records all other statuses. */
export function createFailureStore(table: string, dynamodb: DynamoDBClient): GroupPorts["records"] {
  const update = updater(table, dynamodb);
  const send = (input: UpdateInput, timeoutMs: number) =>
    unlessConditionFails(update(input, AbortSignal.timeout(timeoutMs)));

  const failureUpdate = (
    webhook: Pick<Webhook, "provider" | "id" | "key" | "replay">,
    { error, executionArn }: Omit<Failure, "attempts">,
    next: "failed" | "dead_lettered",
  ) => {
    const key = recordKey(webhook.provider, keyOf(webhook));
    const { fields, names, values } = placeholders({
      status: status(next),
      error: { M: { code: s(error.code), message: s(cleanText(error.message, MAX_ERROR_LENGTH)) } },
      executionArn: executionArn === undefined ? undefined : s(executionArn),
      unresolved: s(unresolvedPartition(next, shardOf(key))),
    });
    return {
      Key: { pk: s(key) },
      set: fields.map((field) => `#${field} = :${field}`).join(", "),
      // A published or filtered webhook keeps its status; a replay has a higher number and may fail.
      ConditionExpression: "attribute_not_exists(doneReplay) OR doneReplay < :replay",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ":replay": n(webhook.replay) },
    };
  };

  return {
    async recordFailure(
      webhook,
      failure,
      transient,
      { timeoutMs = CALL_TIMEOUT_MS }: Partial<CallLimit> = {},
    ) {
      const { set, ExpressionAttributeValues, ...update } = failureUpdate(webhook, failure, "failed");
      const counted: Omit<UpdateItemCommandInput, "TableName"> = {
        ...update,
        UpdateExpression: `SET ${set} ADD failures :try`,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ":try": n(transient ? 0 : 1) },
        ReturnValues: "UPDATED_NEW",
      };
      const answer = await send(counted, timeoutMs);
      return Number(answer?.Attributes?.["failures"]?.N ?? 1);
    },
    async recordDeadLettered(webhook, failure, { timeoutMs = CALL_TIMEOUT_MS }: Partial<CallLimit> = {}) {
      const { set, ExpressionAttributeValues, ...update } = failureUpdate(webhook, failure, "dead_lettered");
      const marked = {
        ...update,
        UpdateExpression: `SET ${set}, deadLetteredAt = if_not_exists(deadLetteredAt, :now)`,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ":now": s(new Date().toISOString()) },
      };
      const answer = await send(marked, timeoutMs);
      return answer !== undefined;
    },
  };
}

/** Records which webhooks the recovery function redrives. */
export function createRedriveStore(
  table: string,
  dynamodb: DynamoDBClient,
): Pick<RecoverPorts["records"], "noteRedrive"> {
  const update = updater(table, dynamodb);
  return {
    async noteRedrive(webhook, messageId) {
      try {
        await update({
          Key: { pk: s(recordKey(webhook.provider, keyOf(webhook))) },
          UpdateExpression:
            "SET #status = :received, redrivenDeadLetter = :messageId, operations = list_append(if_not_exists(operations, :none), :one) REMOVE unresolved",
          ConditionExpression:
            "attribute_exists(pk) AND (attribute_not_exists(redrivenDeadLetter) OR redrivenDeadLetter <> :messageId) " +
            "AND (attribute_not_exists(doneReplay) OR doneReplay < :replay) " +
            "AND (attribute_not_exists(failures) OR failures = :zero)",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":received": status("received"),
            ":messageId": s(messageId),
            ":none": { L: [] },
            ":one": { L: [{ M: { kind: s("redrive"), at: s(new Date().toISOString()) } }] },
            ":replay": n(webhook.replay),
            ":zero": n(0),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return "noted";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { doneReplay, failures } = error.Item ?? {};
        if (doneReplay?.N !== undefined && Number(doneReplay.N) >= webhook.replay) return "through";
        // Otherwise it was noted before, or TTL removed the record; the webhook is redriven in both cases.
        return Number(failures?.N ?? 0) > 0 ? "failed" : "noted";
      }
    },
  };
}

type UpdateInput = Omit<UpdateItemCommandInput, "TableName">;

/** Maximum attempts of an update that conflicts with a transaction, and the maximum first pause in milliseconds. */
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_PAUSE_MS = 40;

/**
 * Updates of the table's items. The workflow writes statuses in transactions, and an update that meets one is rejected
 * with TransactionConflictException, which the SDK does not retry; the transaction is over within milliseconds.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
function updater(table: string, dynamodb: DynamoDBClient) {
  return async (input: UpdateInput, abortSignal?: AbortSignal) => {
    const options = abortSignal ? { abortSignal } : {};
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await dynamodb.send(new UpdateItemCommand({ TableName: table, ...input }), options);
      } catch (error) {
        if (!(error instanceof TransactionConflictException) || attempt === CONFLICT_ATTEMPTS) throw error;
        abortSignal?.throwIfAborted();
        await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** attempt);
      }
    }
  };
}

/** Undefined if the update's condition did not hold. */
async function unlessConditionFails<T>(update: Promise<T>): Promise<T | undefined> {
  try {
    return await update;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function nowSeconds(claim: Claim): AttributeValue {
  return n(Math.floor(claim.receivedAt / 1000));
}
