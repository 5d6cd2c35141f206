import { UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { DeadLetterQueue } from "../dead-letters";
import { RawPayloads } from "../payloads";
import { triesGivenBackIn } from "../records/reset-failure-count";
import { RejectedRequests } from "../rejected";
import { releasePorts } from "./release-ports";
import { ReplayRecords } from "../records/replays";
import { redrive } from "./redrive";
import { release } from "./release";
import { claimFor, newRun, replay } from "./replay";
import { ReplaySelection } from "./replay-selection";
import { senderTo } from "../../functions/adapters/queue";
import { keyOf, recordKey } from "../../functions/domain/webhook";
import type { Inbox } from "../inbox";
import type { Operation } from "../trace/model";

/** What a person can do to a webhook. Each refusal is an {@link ActionRefusedError}. */
export interface Actions {
  /** Publishes it once more, under the next replay number. */
  replay(provider: string, key: string): Promise<{ readonly replay: number }>;
  /** Sends its message from the dead-letter queue to the queue again. */
  redrive(provider: string, key: string): Promise<void>;
  /**
   * Verifies a rejected request again and lets it in.
   * @param id of the rejected request
   * @param ignoreTimestamp also where it was signed outside its sender's window
   * @returns the webhook that it is
   */
  release(id: string, ignoreTimestamp: boolean): Promise<{ readonly provider: string; readonly key: string }>;
}

/** Why something cannot be done, for the person who asked. */
export class ActionRefusedError extends Error {
  override readonly name = "ActionRefusedError";
}

/** Milliseconds that one action may take; a request does not wait for ever for another reader of the queue. */
const TIMEOUT_MS = 25_000;

/** One webhook needs no pace. */
const RATE = 100;

/** The command line's operations, for one webhook at a time. */
export function actionsOn(inbox: Inbox): Actions {
  const { dynamodb, s3, sqs } = inbox.clients;
  const { dynamodb_table_name: TableName, s3_bucket_name, sqs_queue_url, dlq_url, providers } = inbox.outputs;

  /** Notes on the record what a person did, for its trace. */
  async function note(provider: string, key: string, done: Operation): Promise<void> {
    const operation: AttributeValue = {
      M: {
        kind: { S: done.kind },
        at: { S: done.at },
        ...(done.replay !== undefined && { replay: { N: String(done.replay) } }),
      },
    };
    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: recordKey(provider, key) } },
        UpdateExpression: "SET operations = list_append(if_not_exists(operations, :none), :one)",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":none": { L: [] }, ":one": { L: [operation] } },
      }),
    );
  }

  return {
    async replay(provider, key) {
      const at = new Date().toISOString();
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const records = new ReplayRecords(TableName, dynamodb);
      const payloads = new RawPayloads(s3_bucket_name, s3);
      const found = await records.find(provider, key);
      if (!found) throw new ActionRefusedError("There is no record of this webhook any more.");
      if (found.status !== "published" && found.status !== "filtered") {
        throw new ActionRefusedError(
          `It is ${found.status}; only what was published or filtered can be replayed.`,
        );
      }
      const run = newRun(Date.now());
      const webhooks = await new ReplaySelection(providers, records, payloads, signal).one(provider, key);
      const { failed } = await replay(
        { run, webhooks, rate: RATE, signal, onSent: () => undefined },
        {
          records,
          payloads,
          queue: senderTo(sqs_queue_url, sqs),
          provider: (name) => providers.find((configured) => configured.name === name),
        },
      );
      if (failed[0]) throw refusal(failed[0].error);
      const after = await records.find(provider, key);
      const { replay: number } = claimFor(after?.state ?? { replay: 0, lastReplay: 0, replays: [] }, run);
      await note(provider, key, { kind: "replay", at, replay: number });
      return { replay: number };
    },

    async redrive(provider, key) {
      const at = new Date().toISOString();
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const queue = new DeadLetterQueue(dlq_url, sqs_queue_url, sqs);
      try {
        const { letters } = await queue.read({ spread: true, signal });
        const mine = letters.filter(
          ({ webhook }) => webhook?.provider === provider && keyOf(webhook) === key,
        );
        if (mine.length === 0) {
          throw new ActionRefusedError(
            "Its message was not found in the dead-letter queue. It is gone, or somebody else is reading the queue: look again in a minute.",
          );
        }
        const { failed } = await redrive(
          { letters: mine, rate: RATE, signal, onSent: () => undefined },
          {
            giveTriesBack: triesGivenBackIn(TableName, dynamodb),
            resend: (letter) => queue.resend(letter),
            remove: (letter) => queue.remove(letter),
          },
        );
        if (failed[0]) throw refusal(failed[0].error);
      } finally {
        await queue.close();
      }
      // A letter can outlive its record.
      if (await new ReplayRecords(TableName, dynamodb).find(provider, key)) {
        await note(provider, key, { kind: "redrive", at });
      }
    },

    async release(id, ignoreTimestamp) {
      const rejected = new RejectedRequests(s3_bucket_name, s3);
      const found = await rejected.describe(id);
      if (!found) throw new ActionRefusedError("It was let in before, or is older than seven days.");
      const { released, refused, failed } = await release(
        {
          items: [found],
          ignoreTimestamp,
          rate: RATE,
          signal: AbortSignal.timeout(TIMEOUT_MS),
          onDone: () => undefined,
        },
        {
          rejected,
          provider: (name) => providers.find((configured) => configured.name === name),
          inbox: releasePorts({ outputs: inbox.outputs, ...inbox.clients }),
        },
      );
      if (failed[0]) throw refusal(failed[0].error);
      if (refused[0]) throw new ActionRefusedError(`It is refused again: ${refused[0].detail}.`);
      if (!released[0]) throw new ActionRefusedError("Somebody else let it in at this moment.");
      return released[0];
    },
  };
}

function refusal(error: unknown): ActionRefusedError {
  return new ActionRefusedError(error instanceof Error ? error.message : String(error));
}
