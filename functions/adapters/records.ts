import { setTimeout as pause } from "node:timers/promises";
import type { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { cleanText } from "../domain/characters";
import type { Claim, IngestPorts } from "../domain/ingest-ports";
import type { CallLimit, Failure, GroupPorts } from "../domain/group-ports";
import type { RecoverPorts } from "../domain/recover";
import { keyOf, recordKey, type Webhook } from "../domain/webhook";
import { recentPartition, shardOf, unresolvedPartition } from "./indexes";
import { hasCode } from "./aws-error";
import { within, type DynamoDB } from "./clients";
import {
  appending,
  fromItem,
  updateInput,
  type Item,
  type RecordFields,
  type RecordUpdate,
} from "./record-item";
import type { CallOptions } from "./signed-calls";
import { orUnavailable } from "./unavailable";

const SECONDS_PER_DAY = 86_400;

/** Maximum length of an error text in a record, in code points. */
const MAX_ERROR_LENGTH = 2_000;

/**
 * Creates webhook records in the table.
 * @param retentionDays days after which DynamoDB removes a record; from then on the same event counts as new
 */
export function createRecordStore(
  table: string,
  dynamodb: DynamoDB,
  retentionDays: number,
): IngestPorts["records"] {
  const update = updater(table, dynamodb);

  const recordOf = ({ key, webhook, group, receivedAt }: Claim): RecordFields => {
    const { provider, id, type, time, receivedVia, s3Key, size, contentType, replay } = webhook;
    const received = new Date(receivedAt).toISOString();
    return {
      status: "received",
      provider,
      eventId: id,
      type,
      time,
      receivedAt: received,
      recent: recentPartition(received, shardOf(key)),
      receivedVia,
      s3Key,
      size,
      contentType,
      group,
      replay,
      expiresAt: secondsOf(receivedAt) + retentionDays * SECONDS_PER_DAY,
    };
  };

  /**
   * Claims a new or unexpired record. Leaves existing fields unchanged: a redelivery never overwrites a later status.
   */
  async function claimLive(claim: Claim): Promise<"new" | "duplicate" | "erased"> {
    const claimed = update({
      pk: claim.key,
      setIfAbsent: recordOf(claim),
      assign: ["lastReceivedAt = :receivedAt"],
      more: "ADD attempts :one",
      // Count an expired record as absent: TTL removes it up to days later.
      ConditionExpression:
        "(attribute_not_exists(expiresAt) OR expiresAt > :nowSeconds) AND NOT #status = :erased",
      values: { ":one": 1, ":nowSeconds": secondsOf(claim.receivedAt), ":erased": "erased" },
      ReturnValues: "ALL_OLD",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      return (await claimed).Attributes?.["pk"] ? "duplicate" : "new";
    } catch (error) {
      if (conditionFailed(error) && isErased(error.Item, secondsOf(claim.receivedAt))) return "erased";
      throw error;
    }
  }

  async function replaceExpired(claim: Claim): Promise<"new"> {
    const record = recordOf(claim);
    await update({
      pk: claim.key,
      set: { ...record, lastReceivedAt: record.receivedAt, attempts: 1 },
      more:
        "REMOVE publishedAt, doneReplay, doneOnly, undelivered, executionArn, #error, failures, unresolved" +
        (record.receivedVia === undefined ? ", receivedVia" : ""),
      ConditionExpression: "expiresAt <= :nowSeconds",
      names: { "#error": "error" },
      values: { ":nowSeconds": secondsOf(claim.receivedAt) },
    });
    return "new";
  }

  return {
    async claim(claim) {
      const outcome = unlessConditionFails(claimLive(claim))
        .then((live) => live ?? unlessConditionFails(replaceExpired(claim)))
        // Claim again: a concurrent request replaced the expired record, which is live now.
        .then((done) => done ?? claimLive(claim));
      return orUnavailable("DynamoDB UpdateItem", outcome);
    },
  };
}

/** Records failures and dead letters; the workflow records all other statuses. */
export function createFailureStore(table: string, dynamodb: DynamoDB): GroupPorts["records"] {
  const update = updater(table, dynamodb);

  /**
   * Records a failure and returns the attributes after the update; undefined if this webhook is already published or
   * filtered, whose record keeps its status. A replay has a higher number and may fail.
   */
  const fail = async (
    webhook: Webhook,
    { error, executionArn }: Omit<Failure, "attempts">,
    status: "failed" | "dead_lettered",
    limit: CallLimit | undefined,
    also: Pick<RecordUpdate, "setIfAbsent" | "more" | "values">,
  ) => {
    const pk = recordKey(webhook.provider, keyOf(webhook));
    const updated = update(
      {
        pk,
        set: {
          status,
          error: { code: error.code, message: cleanText(error.message, MAX_ERROR_LENGTH) },
          executionArn,
          unresolved: unresolvedPartition(status, shardOf(pk)),
        },
        ...also,
        ConditionExpression: "attribute_not_exists(doneReplay) OR doneReplay < :replay",
        values: { ":replay": webhook.replay, ...also.values },
        ReturnValues: "UPDATED_NEW",
      },
      within(limit),
    );
    const answer = await unlessConditionFails(updated);
    return answer && fromItem(answer.Attributes);
  };

  return {
    async recordFailure(webhook, failure, transient, limit) {
      const count = { more: "ADD failures :try", values: { ":try": transient ? 0 : 1 } };
      return (await fail(webhook, failure, "failed", limit, count))?.failures ?? 1;
    },
    async recordDeadLettered(webhook, failure, limit) {
      const at = { setIfAbsent: { deadLetteredAt: new Date().toISOString() } };
      return (await fail(webhook, failure, "dead_lettered", limit, at)) !== undefined;
    },
  };
}

/** Records which webhooks the recovery function redrives. */
export function createRedriveStore(
  table: string,
  dynamodb: DynamoDB,
): Pick<RecoverPorts["records"], "noteRedrive"> {
  const update = updater(table, dynamodb);
  return {
    async noteRedrive(webhook, messageId) {
      const { values, ...appended } = appending({ kind: "redrive", at: new Date().toISOString() });
      try {
        await update({
          pk: recordKey(webhook.provider, keyOf(webhook)),
          set: { status: "received", redrivenDeadLetter: messageId },
          ...appended,
          more: "REMOVE unresolved",
          ConditionExpression:
            "attribute_exists(pk) AND (attribute_not_exists(redrivenDeadLetter) OR redrivenDeadLetter <> :redrivenDeadLetter) " +
            "AND (attribute_not_exists(doneReplay) OR doneReplay < :replay) " +
            "AND (attribute_not_exists(failures) OR failures = :zero)",
          values: { ...values, ":replay": webhook.replay, ":zero": 0 },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return "noted";
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        const { doneReplay = -1, failures = 0 } = fromItem(error.Item);
        if (doneReplay >= webhook.replay) return "through";
        // Redrive the webhook if it was noted before, or if TTL removed the record.
        return failures > 0 ? "failed" : "noted";
      }
    },
  };
}

/**
 * Maximum attempts of an update that conflicts with a transaction, and the base of the pauses between them, in
 * milliseconds.
 */
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_PAUSE_MS = 40;

/**
 * Returns a function that updates items of the table. The workflow writes statuses in transactions, and an update that
 * meets one is rejected with TransactionConflictException, which the SDK does not retry; the transaction is over within
 * milliseconds.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
function updater(table: string, dynamodb: DynamoDB) {
  return async (change: RecordUpdate, options: CallOptions = {}) => {
    const input = { TableName: table, ...updateInput(change) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await dynamodb.updateItem(input, options);
      } catch (error) {
        if (!hasCode(error, "TransactionConflictException") || attempt === CONFLICT_ATTEMPTS) throw error;
        options.abortSignal?.throwIfAborted();
        await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** attempt);
      }
    }
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#API_UpdateItem_Errors */
function conditionFailed(error: unknown): error is ConditionalCheckFailedException {
  return hasCode(error, "ConditionalCheckFailedException");
}

/** Returns the update's result; undefined if its condition did not hold. */
async function unlessConditionFails<T>(update: Promise<T>): Promise<T | undefined> {
  try {
    return await update;
  } catch (error) {
    if (conditionFailed(error)) return undefined;
    throw error;
  }
}

/** Returns whether the item is the unexpired remainder of an erased webhook. */
function isErased(item: Item | undefined, nowSeconds: number): boolean {
  const { status, expiresAt = 0 } = fromItem(item);
  return status === "erased" && expiresAt > nowSeconds;
}

function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
