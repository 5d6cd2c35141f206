import { recordedByDelivery, recordedById } from "../../../../functions/adapters/reconcile/recorded";
import { fromItem, fromValues, toItem, toValues } from "../../../../functions/adapters/record-item";
import type { RecordReader } from "../../../../functions/adapters/clients";
import type { StoredRecord } from "../../../../functions/domain/record";

const NOW = Date.parse("2026-06-15T00:05:00Z");
const LIVE = NOW / 1_000 + 60;
const window = { from: NOW - 3_600_000, until: NOW };

/** A table with these records, which reads two of a batch at most. */
function tableOf(records: readonly Partial<StoredRecord>[]) {
  const partitions: string[] = [];
  const dynamodb: RecordReader = {
    batchGetItem: ({ RequestItems = {} }) => {
      const keys = RequestItems["t"]?.Keys?.map((key) => fromItem(key).pk) ?? [];
      const read = records.filter(({ pk }) => keys.slice(0, 2).includes(pk));
      const left = keys.slice(2).map((pk = "") => toItem({ pk }));
      return Promise.resolve({
        Responses: { t: read.map(toItem) },
        ...(left.length > 0 && { UnprocessedKeys: { t: { Keys: left } } }),
      });
    },
    query: ({ ExpressionAttributeValues = {}, ExclusiveStartKey }) => {
      const values = fromValues(ExpressionAttributeValues);
      if (ExclusiveStartKey) return Promise.resolve({ Items: [] });
      partitions.push(String(values[":partition"]));
      const found = records.filter(
        ({ recent, receivedAt = "" }) =>
          recent === values[":partition"] && receivedAt >= String(values[":since"]),
      );
      const LastEvaluatedKey = toValues({ pk: "x" });
      return Promise.resolve({ Items: found.map(({ pk = "" }) => toItem({ pk })), LastEvaluatedKey });
    },
  };
  return { recorder: { table: "t", provider: "acme", dynamodb, now: () => NOW }, partitions };
}

test("an erased record is known as much as any that has a final state; an expired one is not", async () => {
  const { recorder } = tableOf([
    { pk: "acme#published", status: "published", expiresAt: LIVE },
    { pk: "acme#dead", status: "dead_lettered", expiresAt: LIVE },
    // What `webhooks erase` leaves.
    { pk: "acme#erased", status: "erased" },
    { pk: "acme#claimed", status: "received", expiresAt: LIVE },
    { pk: "acme#expired", status: "published", expiresAt: NOW / 1_000 - 1 },
  ]);
  const lookUp = recordedById(recorder).open(window);
  expect([...(await lookUp(["published", "dead", "erased", "claimed", "expired", "missing"]))]).toEqual([
    ["published", "done"],
    ["dead", "done"],
    ["erased", "done"],
    ["claimed", "received"],
  ]);
});

test("a delivery is found by its id although its key has a hash, on both days of a window over midnight", async () => {
  const of = (pk: string, receivedAt: string, status: StoredRecord["status"]) => ({
    ...{ pk, status, receivedAt, expiresAt: LIVE },
    recent: `${receivedAt.slice(0, 10)}#03`,
  });
  const { recorder, partitions } = tableOf([
    of("acme#a~0123456789abcdef", "2026-06-14T23:10:00.000Z", "published"),
    of("acme#b~0123456789abcdef", "2026-06-15T00:01:00.000Z", "received"),
    of("acme#b~fedcba9876543210", "2026-06-15T00:02:00.000Z", "published"),
    // By the provider's clock it was sent within the window.
    of("acme#c~0123456789abcdef", "2026-06-14T22:58:00.000Z", "published"),
  ]);
  const lookUp = recordedByDelivery(recorder).open(window);
  const known = { a: "done", b: "done", c: "done" };
  expect(Object.fromEntries(await lookUp(["a", "b", "c", "d"]))).toEqual(known);
  await lookUp(["a"]);
  expect(partitions).toHaveLength(32);
});
