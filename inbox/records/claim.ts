import { MAX_RETENTION_SECONDS } from "../../aws-limits";
import { recentPartition, shardOf } from "../../functions/adapters/indexes";
import { appending } from "../../functions/adapters/record-item";
import type { StoredRecord } from "../../functions/domain/record";
import { keyOf, recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../connect";
import { updateRecord } from "./update";
import { readStored } from "./read";
import { toReplayState, type ReplayState } from "./record";
import type { StoredWebhook } from "./select";

/** A replay number for a run; its state is `done` if the workflow has processed this replay already. */
export interface Claim {
  readonly replay: number;
  readonly state: "new" | "claimed" | "done";
}

/** Returns the number that a run has for this webhook, or the next one. */
export function claimFor({ replay, lastReplay, replays }: ReplayState, run: string): Claim {
  const mine = replays.find((entry) => entry.slice(entry.indexOf(":") + 1) === run);
  if (mine === undefined) return { replay: Math.max(replay, lastReplay) + 1, state: "new" };
  const claimed = Number.parseInt(mine, 10);
  return { replay: claimed, state: replay >= claimed ? "done" : "claimed" };
}

/** Number of attempts to claim a number while other commands claim one of the same record. */
const CLAIM_ATTEMPTS = 10;

/**
 * Claims the next replay number for a run, once. The record then contains which run has it, and the replay as an
 * operation; a record that TTL removed is created again.
 */
export async function claimReplay(
  inbox: Inbox,
  webhook: StoredWebhook,
  run: string,
  consumer?: string,
): Promise<Claim> {
  const key = recordKey(webhook.provider, keyOf(webhook));
  for (let attempts = 0; attempts < CLAIM_ATTEMPTS; attempts += 1) {
    const stored = await readStored(inbox, key);
    const claim = claimFor(toReplayState(stored), run);
    if (claim.state !== "new") return claim;
    if (await take(inbox, webhook, claim.replay, run, stored, consumer)) return claim;
  }
  throw new Error("other commands replay this webhook at the same time");
}

/** Writes a claim; returns false if another command was faster. */
async function take(
  inbox: Inbox,
  webhook: StoredWebhook,
  replay: number,
  run: string,
  before: Partial<StoredRecord> | undefined,
  consumer: string | undefined,
): Promise<boolean> {
  const { provider, id, type, time, receivedAt, s3Key, size, contentType, group } = webhook;
  const pk = recordKey(provider, keyOf(webhook));
  const now = Date.now();
  // Delays the expiry: an expired record would lose the claim while the message can still be waiting in the queue.
  const leastExpiry = Math.floor(now / 1_000) + MAX_RETENTION_SECONDS;
  const { values, ...appended } = appending({
    kind: "replay",
    at: new Date(now).toISOString(),
    replay,
    ...(consumer !== undefined && { consumer }),
  });
  return updateRecord(inbox, {
    pk,
    set: { lastReplay: replay, expiresAt: Math.max(leastExpiry, before?.expiresAt ?? 0) },
    // Sets what the ingestion function wrote, in case TTL removed the record and this creates it again.
    setIfAbsent: {
      status: "received",
      provider,
      eventId: id,
      type,
      time,
      receivedAt,
      s3Key,
      size,
      contentType,
      group,
      replay: 0,
      recent: recentPartition(receivedAt, shardOf(pk)),
    },
    ...appended,
    // Failures count for one delivery only: a replay starts at zero.
    more: "ADD replays :claim REMOVE failures",
    ConditionExpression:
      before?.lastReplay === undefined ? "attribute_not_exists(lastReplay)" : "lastReplay = :before",
    values: { ...values, ":claim": new Set([`${replay}:${run}`]), ":before": before?.lastReplay },
  });
}
