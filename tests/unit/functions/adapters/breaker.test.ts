import { consumerOf } from "../../../../functions/adapters/breaker";
import type { SignedCall } from "../../../../functions/adapters/signed-calls";

const ARN = "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:8b1f6f9c";
const SINCE = "2026-01-01T12:00:00.000Z";

type Operation = "ListTags" | "TagResource" | "UntagResource" | "Update" | "Get";

/** Lambda as far as the breaker needs it; `before` runs ahead of each operation and can reject it or do something else first. */
function lambda(before: (operation: Operation, nth: number) => void | Promise<void> = () => undefined) {
  const state = { enabled: true, tags: {} as Record<string, string> };
  const counts = new Map<Operation, number>();
  const operationOf = (path: string, method: string): Operation =>
    path.includes("/tags/")
      ? ({ GET: "ListTags", POST: "TagResource", DELETE: "UntagResource" } as const)[method]!
      : method === "PUT"
        ? "Update"
        : "Get";
  const call: SignedCall = async (_, path, { method, body = "{}" }) => {
    const operation = operationOf(path, method);
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    await before(operation, nth);
    const input = JSON.parse(String(body)) as { Enabled?: boolean; Tags?: Record<string, string> };
    if (operation === "TagResource") Object.assign(state.tags, input.Tags);
    if (operation === "UntagResource") state.tags = {};
    if (operation === "Update") state.enabled = input.Enabled ?? state.enabled;
    if (operation === "ListTags") return { Tags: { ...state.tags } };
    return { State: state.enabled ? "Enabled" : "Disabled" };
  };
  return { state, consumer: consumerOf(ARN, call) };
}

test("a pause leaves the mapping off and tagged; a resume leaves it on and untagged", async () => {
  const { state, consumer } = lambda();
  await consumer.pause(SINCE);
  expect(state.enabled).toBe(false);
  expect(await consumer.state()).toEqual({ pausedSince: SINCE });
  await consumer.resume();
  expect(state.enabled).toBe(true);
  expect(await consumer.state()).toEqual({});
});

test("a pause whose update Lambda rejects is an error, and the next one completes it", async () => {
  const { state, consumer } = lambda((operation, nth) => {
    if (operation === "Update" && nth === 1) throw new Error("409 ResourceInUseException");
  });
  await expect(consumer.pause(SINCE)).rejects.toThrow("ResourceInUseException");
  expect(await consumer.state()).toEqual({ pausedSince: SINCE });
  await consumer.pause(SINCE);
  expect(state.enabled).toBe(false);
});

// The recovery function runs every minute and whenever a pause is requested, so both can run at the same time.
const MOMENTS: readonly (readonly [Operation, number])[] = [
  ["ListTags", 1],
  ["Update", 1],
  ["UntagResource", 1],
  ["Get", 1],
  ["TagResource", 1],
];

test.each(MOMENTS)(
  "a pause that comes between the steps of a resume, before %s, never leaves the mapping off without its tag",
  async (moment, nth) => {
    const { state, consumer } = lambda(async (operation, count) => {
      if (operation !== moment || count !== nth + (moment === "TagResource" ? 2 : 0)) return;
      // The other invocation, whose calls go straight through.
      state.tags = { "webhook-inbox:paused-since": SINCE };
      state.enabled = false;
    });
    await consumer.pause(SINCE);
    await consumer.resume();
    expect(state.enabled || "webhook-inbox:paused-since" in state.tags).toBe(true);
  },
);

test.each<[Operation, number]>([
  ["TagResource", 1],
  ["Update", 1],
  ["TagResource", 2],
])(
  "a resume that comes between the steps of a pause, before %s (%i), never leaves the mapping off without its tag",
  async (moment, nth) => {
    const { state, consumer } = lambda((operation, count) => {
      if (operation !== moment || count !== nth) return;
      state.enabled = true;
      state.tags = {};
    });
    await consumer.pause(SINCE);
    expect(state.enabled || "webhook-inbox:paused-since" in state.tags).toBe(true);
  },
);
