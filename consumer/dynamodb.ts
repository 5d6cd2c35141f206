import type { DynamoDBClient, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import { identityOf, type Store } from "./once";

const MS_PER_SECOND = 1000;
const SECONDS_PER_DAY = 86_400;

/** Maximum number of times that a transaction is sent while others write the same items. */
const MAX_ATTEMPTS = 8;

/** Maximum number of milliseconds before the second attempt; it doubles before each further one. */
const FIRST_PAUSE_MS = 25;

export interface DynamoDbOptions {
  /** Table with the partition key `pk`, a string, and no sort key; `expiresAt` is for its time to live. */
  readonly table: string;
  /** Days for which an event counts as done; longer than any queue or dead-letter queue on its way keeps it. */
  readonly ttlDays: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** Adds a write to the transaction. */
export type AddWrite = (write: TransactWriteItem) => void;

/**
 * Remembers events in a DynamoDB table, in one transaction with the writes of the effect. The effect adds at most 99
 * writes, and must do nothing else: it runs before it is known whether the event was done. DynamoDB removes expired
 * items days late, so their time is compared as well.
 * @throws TransactionCanceledException if a condition of the effect's own does not hold, or others write the same items
 *   again and again
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function dynamodb(
  client: DynamoDBClient,
  { table, ttlDays, now = Date.now }: DynamoDbOptions,
): Store<AddWrite> {
  return {
    async once(identity, effect) {
      const writes: TransactWriteItem[] = [];
      await effect((write) => writes.push(write));
      const { TransactWriteItemsCommand } = await import("@aws-sdk/client-dynamodb");
      for (let attempt = 1; ; attempt += 1) {
        const TransactItems = [marker(table, identityOf(identity), ttlDays, now()), ...writes];
        try {
          // Relies on the token that the SDK adds, so that its retry after a lost answer is not a duplicate.
          await client.send(new TransactWriteItemsCommand({ TransactItems }));
          return "done";
        } catch (error) {
          const [ofMarker, ...others] = cancellationCodes(error);
          if (ofMarker === "ConditionalCheckFailed") return "duplicate";
          const conflict = [ofMarker, ...others].includes("TransactionConflict");
          if (!conflict || attempt === MAX_ATTEMPTS) throw error;
          await pause(Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
        }
      }
    },
  };
}

function marker(TableName: string, pk: string, ttlDays: number, now: number): TransactWriteItem {
  const seconds = Math.floor(now / MS_PER_SECOND);
  return {
    Put: {
      TableName,
      Item: { pk: { S: pk }, expiresAt: { N: String(seconds + ttlDays * SECONDS_PER_DAY) } },
      ConditionExpression: "attribute_not_exists(pk) OR expiresAt < :now",
      ExpressionAttributeValues: { ":now": { N: String(seconds) } },
    },
  };
}

/** Returns the reason for each item of a cancelled transaction, `None` included; empty for any other error. */
function cancellationCodes(error: unknown): readonly (string | undefined)[] {
  const { CancellationReasons = [] } = Object(error) as {
    readonly CancellationReasons?: readonly { readonly Code?: string }[];
  };
  return CancellationReasons.map(({ Code }) => Code);
}
