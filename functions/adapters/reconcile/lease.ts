import { randomUUID } from "node:crypto";
import type { Progress, ReconcilePorts, RunSummary } from "../../domain/reconcile-ports";
import { hasCode } from "../aws-error";
import type { DynamoDB } from "../clients";
import { fromValues, toItem, toValues } from "../record-item";

/** Seconds until a run that was killed loses its lease; a live run renews it. */
export const LEASE_SECONDS = 300;

/** Milliseconds after a renewal during which no further one is made. */
const RENEW_MS = 30_000;

/** Returns the key of the item with a provider's progress; no provider's name begins with an underscore. */
export function progressKey(provider: string): string {
  return `_reconcile#${provider}`;
}

/** Attributes of the item with a provider's progress. */
interface StoredProgress {
  /** Time up to which events have been compared, RFC 3339. */
  readonly cursor?: string;
  readonly requested?: ReadonlySet<string>;
  readonly lost?: ReadonlySet<string>;
  readonly lastRun?: RunSummary;
}

/** Decodes the item with a provider's progress. */
export function progressOf(item: Parameters<typeof fromValues>[0] | undefined): StoredProgress | undefined {
  return item && (fromValues(item) as StoredProgress);
}

const NO_IDS: ReadonlySet<string> = new Set();

/** Creates the lease and stores the progress of a provider, in one item of the table that never expires. */
export function createLease(
  table: string,
  provider: string,
  dynamodb: DynamoDB,
  now: () => number,
): ReconcilePorts["lease"] {
  const owner = randomUUID();
  let renewedAt = 0;

  const update = (
    expression: string,
    values: object,
    names: Record<string, string> = {},
    condition?: string,
  ) =>
    dynamodb.updateItem({
      TableName: table,
      Key: toItem({ pk: progressKey(provider) }),
      UpdateExpression: expression,
      ConditionExpression: condition ?? "leaseOwner = :owner",
      ExpressionAttributeValues: toValues({ ":owner": owner, ...values }),
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
      ReturnValues: "ALL_NEW",
    });
  const leaseUntil = () => Math.floor(now() / 1_000) + LEASE_SECONDS;

  return {
    async take() {
      try {
        const { Attributes } = await update(
          "SET leaseOwner = :owner, leaseUntil = :until",
          { ":until": leaseUntil(), ":now": Math.floor(now() / 1_000) },
          {},
          "attribute_not_exists(leaseOwner) OR leaseUntil < :now",
        );
        renewedAt = now();
        const { cursor, requested = NO_IDS, lost = NO_IDS } = progressOf(Attributes) ?? {};
        return cursor === undefined ? {} : { progress: { cursor: Date.parse(cursor), requested, lost } };
      } catch (error) {
        if (hasCode(error, "ConditionalCheckFailedException")) return undefined;
        throw error;
      }
    },
    async renew() {
      if (now() - renewedAt < RENEW_MS) return;
      await update("SET leaseUntil = :until", { ":until": leaseUntil() });
      renewedAt = now();
    },
    async save({ cursor, requested, lost }: Progress) {
      const sets = { requested, lost };
      // Remove empty sets, which DynamoDB cannot store.
      const filled = Object.entries(sets).filter(([, ids]) => ids.size > 0);
      const empty = Object.entries(sets).flatMap(([name, ids]) => (ids.size > 0 ? [] : [name]));
      await update(
        `SET #cursor = :cursor${filled.map(([name]) => `, ${name} = :${name}`).join("")}` +
          (empty.length > 0 ? ` REMOVE ${empty.join(", ")}` : ""),
        {
          ":cursor": new Date(cursor).toISOString(),
          ...Object.fromEntries(filled.map(([name, ids]) => [`:${name}`, ids])),
        },
        { "#cursor": "cursor" },
      );
    },
    async release(summary) {
      await update("SET lastRun = :summary REMOVE leaseOwner, leaseUntil", { ":summary": summary });
    },
  };
}
