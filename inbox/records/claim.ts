import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { MAX_RETENTION_SECONDS } from "../../aws-limits";
import { recentPartition, shardOf } from "../../functions/adapters/indexes";
import { keyOf, recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { toReplayState, type Item } from "./item";
import { APPEND_OPERATION, appendedValues } from "./note";
import { readItem } from "./read";
import type { StoredWebhook } from "./select";

/** The replay state of a record. */
export interface ReplayState {
  /** Of what the workflow last decided. */
  readonly replay: number;
  /** Highest number that was given out. */
  readonly lastReplay: number;
  /** Who got which: `<number>:<run>`. */
  readonly replays: readonly string[];
}

/** A replay number for a run. `done` if the workflow has decided it already. */
export interface Claim {
  readonly replay: number;
  readonly state: "new" | "claimed" | "done";
}

/** The number that a run has for this webhook, or the next one. */
export function claimFor({ replay, lastReplay, replays }: ReplayState, run: string): Claim {
  const mine = replays.find((entry) => entry.slice(entry.indexOf(":") + 1) === run);
  if (mine === undefined) return { replay: Math.max(replay, lastReplay) + 1, state: "new" };
  const claimed = Number.parseInt(mine, 10);
  return { replay: claimed, state: replay >= claimed ? "done" : "claimed" };
}

/** Claims of one record that lose against another command's before this one gives up. */
const CLAIM_ATTEMPTS = 10;

/**
 * Takes the next replay number for a run, once. The record then holds which run has it, and the replay as an operation;
 * one that TTL removed is made again.
 */
export async function claimReplay(inbox: Inbox, webhook: StoredWebhook, run: string): Promise<Claim> {
  const key = recordKey(webhook.provider, keyOf(webhook));
  for (let attempts = 0; attempts < CLAIM_ATTEMPTS; attempts += 1) {
    const item = await readItem(inbox, key);
    const claim = claimFor(toReplayState(item), run);
    if (claim.state !== "new") return claim;
    if (await take(inbox, webhook, claim.replay, run, item)) return claim;
  }
  throw new Error("other commands replay this webhook at the same time");
}

/** False if another command was faster. */
async function take(
  { outputs, clients }: Inbox,
  webhook: StoredWebhook,
  replay: number,
  run: string,
  before: Item | undefined,
): Promise<boolean> {
  const key = recordKey(webhook.provider, keyOf(webhook));
  const now = Date.now();
  // A record that expired would forget the claim while the message can still be waiting in the queue.
  const leastExpiry = Math.floor(now / 1_000) + MAX_RETENTION_SECONDS;
  const lastReplay = before?.["lastReplay"];
  const fields = fieldsOf(webhook, key);
  const keep = Object.keys(fields).map((field) => `#${field} = if_not_exists(#${field}, :${field})`);
  try {
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: outputs.dynamodb_table_name,
        Key: { pk: { S: key } },
        // Failures count for one delivery only: a replay starts at zero.
        UpdateExpression:
          `SET ${keep.join(", ")}, lastReplay = :number, expiresAt = :expiresAt, ${APPEND_OPERATION} ` +
          "ADD replays :claim REMOVE failures",
        ConditionExpression: lastReplay ? "lastReplay = :lastReplay" : "attribute_not_exists(lastReplay)",
        ExpressionAttributeNames: Object.fromEntries(
          Object.keys(fields).map((field) => [`#${field}`, field]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(fields).map(([field, value]) => [`:${field}`, value])),
          ...appendedValues({ kind: "replay", at: new Date(now).toISOString(), replay }),
          ":number": { N: String(replay) },
          ":claim": { SS: [`${replay}:${run}`] },
          ":expiresAt": { N: String(Math.max(leastExpiry, Number(before?.["expiresAt"]?.N ?? 0))) },
          ...(lastReplay && { ":lastReplay": lastReplay }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What a record has from the ingestion function, for one that is made again. */
function fieldsOf(webhook: StoredWebhook, key: string): Record<string, AttributeValue> {
  return {
    status: { S: "received" },
    provider: { S: webhook.provider },
    eventId: { S: webhook.id },
    type: { S: webhook.type },
    receivedAt: { S: webhook.receivedAt },
    s3Key: { S: webhook.s3Key },
    size: { N: String(webhook.size) },
    contentType: { S: webhook.contentType },
    group: { S: webhook.group },
    replay: { N: "0" },
    recent: { S: recentPartition(webhook.receivedAt, shardOf(key)) },
    ...(webhook.time !== undefined && { time: { S: webhook.time } }),
  };
}
