import type { HeldDelivery, HeldGroup, HeldMessage, PausePorts } from "../domain/pause";
import { hasCode } from "./aws-error";
import { within, type Items } from "./clients";
import { heldPartition } from "./indexes";
import { fromValues, toValues, type Item } from "./record-item";
import type { CallOptions } from "./signed-calls";
import { orUnavailable } from "./unavailable";

/*
 * Two kinds of items store held messages, and neither expires: `_held#<group>` has the counters of a group,
 * `_held:<number>#<group>` has one message. If a number has no message, storing it was interrupted, and the message was
 * held again under a later number.
 */

const COUNTS = "_held#";

/** Returns the key of the item with the counters of a group. */
export const countsKey = (group: string) => `${COUNTS}${group}`;
const messageKey = (group: string, number: number) => `_held:${number}#${group}`;

/** Returns the group of an item with counters. */
export const groupOf = (item: Item) => String(fromValues(item)["pk"]).slice(COUNTS.length);

/** Maximum number of messages that are begun at once: as many as a batch of the queue has. */
const BATCH = 10;

/**
 * Counters of a group: the highest number of a held message (`next`), the highest number that is finished (`done`), and
 * how often the messages after it were begun (`begun`).
 */
interface Counts {
  readonly next?: number;
  readonly done?: number;
  readonly begun?: number;
}

/** Returns how many messages of a group are held. */
export const heldIn = ({ next = 0, done = 0 }: Counts) => next - done;

/** Items of held messages in the table. */
class HeldItems {
  constructor(
    private readonly TableName: string,
    private readonly dynamodb: Items,
  ) {}

  /** Updates the counts of a group; undefined if the condition does not hold. */
  async count(
    group: string,
    update: Omit<Parameters<Items["updateItem"]>[0], "TableName" | "Key" | "ReturnValues">,
    options: CallOptions,
  ): Promise<Counts | undefined> {
    const input = { ...update, TableName: this.TableName, Key: toValues({ pk: countsKey(group) }) };
    const updated = this.dynamodb.updateItem({ ...input, ReturnValues: "ALL_NEW" }, options);
    try {
      return fromValues((await updated).Attributes ?? {}) as Counts;
    } catch (error) {
      if (hasCode(error, "ConditionalCheckFailedException")) return undefined;
      return orUnavailable("DynamoDB UpdateItem", Promise.reject(error as Error));
    }
  }

  /** Removes the counters of a group that has no held messages, unless another message was added. */
  async forget(group: string, next: number, options: CallOptions): Promise<void> {
    const input = {
      TableName: this.TableName,
      Key: toValues({ pk: countsKey(group) }),
      ConditionExpression: "#next = :next",
      ExpressionAttributeNames: { "#next": "next" },
      ExpressionAttributeValues: toValues({ ":next": next }),
    };
    await orUnavailable("DynamoDB DeleteItem", this.dynamodb.deleteItem(input, options));
  }

  async put(group: string, number: number, held: HeldDelivery, options: CallOptions): Promise<void> {
    const { messageId, body, deduplicationId, sequence, receivedAt, trace } = held;
    const message = { messageId, body, deduplicationId, sequence, receivedAt, trace };
    const Item = toValues({ pk: messageKey(group, number), message });
    await orUnavailable(
      "DynamoDB PutItem",
      this.dynamodb.putItem({ TableName: this.TableName, Item }, options),
    );
  }

  async read(group: string, number: number, options: CallOptions): Promise<HeldMessage | undefined> {
    const input = {
      TableName: this.TableName,
      Key: toValues({ pk: messageKey(group, number) }),
      ConsistentRead: true,
    };
    const { Item } = await orUnavailable("DynamoDB GetItem", this.dynamodb.getItem(input, options));
    return Item && { ...(fromValues(Item)["message"] as HeldDelivery), number };
  }

  async remove(group: string, number: number, options: CallOptions): Promise<void> {
    const input = { TableName: this.TableName, Key: toValues({ pk: messageKey(group, number) }) };
    await orUnavailable("DynamoDB DeleteItem", this.dynamodb.deleteItem(input, options));
  }
}

/** Holds the messages of paused providers in the table. */
export function createHeldStore(table: string, dynamodb: Items): PausePorts["held"] {
  const items = new HeldItems(table, dynamodb);

  return {
    async add({ provider, group }: HeldGroup, messages, behind, limit) {
      const options = within(limit);
      const set = `unresolved = :partition, receivedAt = if_not_exists(receivedAt, :now)`;
      const counting = {
        UpdateExpression: `SET #next = if_not_exists(#next, :zero) + :count, ${set}`,
        ...(behind && { ConditionExpression: "attribute_exists(pk)" }),
        ExpressionAttributeNames: { "#next": "next" },
        ExpressionAttributeValues: toValues({
          ":zero": 0,
          ":count": messages.length,
          ":partition": heldPartition(provider),
          ":now": new Date().toISOString(),
        }),
      };
      const counts = await items.count(group, counting, options);
      if (counts === undefined) return false;
      const first = (counts.next ?? 0) - messages.length + 1;
      await Promise.all(messages.map((message, index) => items.put(group, first + index, message, options)));
      return true;
    },
    async begin(group, limit) {
      const options = within(limit);
      const beginning = {
        UpdateExpression: "ADD begun :one",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: toValues({ ":one": 1 }),
      };
      const counts = await items.count(group, beginning, options);
      if (counts === undefined) return undefined;
      const { next = 0, done = 0, begun = 1 } = counts;
      if (done >= next) {
        await items.forget(group, next, options);
        return undefined;
      }
      const to = Math.min(next, done + BATCH);
      const numbers = Array.from({ length: to - done }, (_, index) => done + 1 + index);
      const found = await Promise.all(numbers.map((number) => items.read(group, number, options)));
      return { messages: found.filter((one) => one !== undefined), begun, to };
    },
    async finish(group, done, from, begun, limit) {
      const options = within(limit);
      await Promise.all(done.map(({ number }) => items.remove(group, number, options)));
      const finishing = {
        UpdateExpression: "SET done = :done, begun = :begun",
        ExpressionAttributeValues: toValues({ ":done": from - 1, ":begun": begun }),
      };
      await items.count(group, finishing, options);
    },
  };
}
