import type { QueryCommandOutput } from "@aws-sdk/client-dynamodb";
import { DAY_MS } from "../../domain/day";
import type { ReconcilePorts, Recorded, Window } from "../../domain/reconcile-ports";
import { eventId, idInKey, recordKey } from "../../domain/webhook";
import type { RecordReader } from "../clients";
import { RECENT_INDEX, recentPartition, SHARDS } from "../indexes";
import { fromItem, toItem, toValues } from "../record-item";

interface Recorder {
  readonly table: string;
  readonly provider: string;
  readonly dynamodb: RecordReader;
  readonly now: () => number;
}

/** Keys that one BatchGetItem takes. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100;

/** Milliseconds by which a webhook can be received before its provider's clock says that it was sent. */
const CLOCK_SKEW_MS = 10 * 60_000;

/** Looks up records by their keys, which are the events' ids. */
export function recordedById(recorder: Recorder): ReconcilePorts["records"] {
  const keyOf = (id: string) => recordKey(recorder.provider, eventId(id));
  return {
    open: () => async (ids) => {
      const states = await statesOf(recorder, ids.map(keyOf));
      return new Map(
        ids.flatMap((id): [string, Recorded][] => {
          const state = states.get(keyOf(id));
          return state ? [[id, state]] : [];
        }),
      );
    },
  };
}

/**
 * Looks up records by delivery id, with which their keys begin. Reads the keys once, from the index of recent webhooks,
 * and only those of webhooks received since the window began.
 */
export function recordedByDelivery(recorder: Recorder): ReconcilePorts["records"] {
  return {
    open(window) {
      let keys: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
      return async (ids) => {
        const byId = await (keys ??= recentKeys(recorder, window));
        const found = ids.flatMap((id) => byId.get(eventId(id)) ?? []);
        const states = await statesOf(recorder, found);
        return new Map(
          ids.flatMap((id): [string, Recorded][] => {
            const own = (byId.get(eventId(id)) ?? []).flatMap((key) => states.get(key) ?? []);
            const [state] = own.includes("done") ? ["done" as const] : own;
            return state ? [[id, state]] : [];
          }),
        );
      };
    },
  };
}

/** Reads the states of records. An expired record that DynamoDB has not yet removed counts as absent. */
async function statesOf(
  { table, dynamodb, now }: Recorder,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Recorded>> {
  const states = new Map<string, Recorded>();
  const left = [...new Set(keys)];
  while (left.length > 0) {
    const batch = left.splice(0, BATCH);
    const { Responses, UnprocessedKeys } = await dynamodb.batchGetItem({
      RequestItems: {
        [table]: {
          Keys: batch.map((pk) => toItem({ pk })),
          ConsistentRead: true,
          ProjectionExpression: "pk, #status, expiresAt",
          ExpressionAttributeNames: { "#status": "status" },
        },
      },
    });
    for (const item of Responses?.[table] ?? []) {
      const { pk = "", status, expiresAt = Infinity } = fromItem(item);
      if (expiresAt * 1_000 > now()) states.set(pk, status === "received" ? "received" : "done");
    }
    left.push(...(UnprocessedKeys?.[table]?.Keys?.map((key) => fromItem(key).pk ?? "") ?? []));
  }
  return states;
}

/** Reads the keys of a provider's records since the beginning of a window, by event id. */
async function recentKeys(
  { table, provider, dynamodb, now }: Recorder,
  { from }: Window,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const since = new Date(from - CLOCK_SKEW_MS).toISOString();
  const days: string[] = [];
  for (let day = Date.parse(since.slice(0, 10)); day <= now(); day += DAY_MS)
    days.push(new Date(day).toISOString());
  const partitions = days.flatMap((day) => SHARDS.map((shard) => recentPartition(day, shard)));
  const keys = new Map<string, string[]>();
  const prefix = recordKey(provider, "");
  await Promise.all(
    partitions.map(async (partition) => {
      let ExclusiveStartKey: QueryCommandOutput["LastEvaluatedKey"];
      do {
        const { Items = [], LastEvaluatedKey } = await dynamodb.query({
          TableName: table,
          IndexName: RECENT_INDEX,
          KeyConditionExpression: "#recent = :partition AND receivedAt >= :since",
          FilterExpression: "begins_with(pk, :prefix)",
          ProjectionExpression: "pk",
          ExpressionAttributeNames: { "#recent": RECENT_INDEX },
          ExpressionAttributeValues: toValues({
            ":partition": partition,
            ":since": since,
            ":prefix": prefix,
          }),
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        });
        for (const item of Items) {
          const { pk = "" } = fromItem(item);
          const key = pk.slice(prefix.length);
          const id = idInKey(key) ?? key;
          keys.set(id, [...(keys.get(id) ?? []), pk]);
        }
        ExclusiveStartKey = LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }),
  );
  return keys;
}
