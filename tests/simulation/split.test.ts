import fc from "fast-check";
import type { Admitted } from "../../functions/domain/webhook-of-request";
import type { Claim, QueueMessage, RawPayload } from "../../functions/domain/ingest-ports";
import { storeAll } from "../../functions/domain/store";
import { deduplicationId, INLINE_LIMIT_BYTES, recordKey } from "../../functions/domain/webhook";

/**
 * What happens to a call: it works, it has no effect and fails, it has an effect but no answer, or the function ends.
 */
type Fate = "works" | "fails" | "times-out" | "dies";

interface Plan {
  /** Group and size of each event of the request. */
  readonly events: readonly { readonly group: number; readonly large: boolean }[];
  /** What happens to the calls, in their order, for each attempt of the provider; afterwards everything works. */
  readonly attempts: readonly (readonly Fate[])[];
  /** Turns of the event loop that the calls take, used in turn. */
  readonly latencies: readonly number[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  events: fc.array(fc.record({ group: fc.nat(2), large: fc.boolean() }), { minLength: 2, maxLength: 8 }),
  attempts: fc.array(
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant<Fate>("works") },
        { weight: 1, arbitrary: fc.constantFrom<Fate>("fails", "times-out", "dies") },
      ),
      { maxLength: 24 },
    ),
    { maxLength: 4 },
  ),
  latencies: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
});

function admitted({ group, large }: Plan["events"][number], index: number): Admitted {
  const id = `e${index}`;
  const s3Key = `raw/p/${id}/0`;
  const size = large ? INLINE_LIMIT_BYTES + 1 : 2;
  return {
    webhook: {
      provider: "p",
      id,
      type: "t",
      contentType: "application/json",
      size,
      s3Key,
      replay: 0,
      ...(!large && { data: "{}" }),
    },
    raw: {
      key: s3Key,
      body: Buffer.alloc(0),
      contentType: "application/json",
      eventId: id,
      eventType: "t",
      headers: "",
    },
    group: `p:${group}`,
  };
}

/**
 * Returns services that note everything that is stored, and whether each message's payload was stored before it was
 * sent.
 */
function services({ latencies }: Plan) {
  const payloads = new Set<string>();
  const records = new Set<string>();
  const messages: QueueMessage[] = [];
  const withoutPayload: string[] = [];
  let calls = 0;
  const attempt = (fates: readonly Fate[]) => {
    let call = 0;
    let dead = false;
    let die: () => void = () => undefined;
    const died = new Promise<void>((resolve) => (die = resolve));
    const made = async <T>(effect: () => T): Promise<T> => {
      const fate = fates[call++] ?? "works";
      for (let turns = latencies[calls++ % latencies.length] ?? 0; turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
      // Never answer a process that has ended.
      if (dead || fate === "dies") {
        dead = true;
        die();
        return new Promise<T>(() => undefined);
      }
      if (fate === "fails") throw new Error("no effect");
      const result = effect();
      if (fate === "times-out") throw new Error("no answer");
      return result;
    };
    const ports = {
      payloads: {
        put: ({ key }: RawPayload) => made(() => void payloads.add(key)),
        remove: (key: string) => made(() => void payloads.delete(key)),
      },
      records: {
        claim: ({ key }: Claim) =>
          made((): "new" | "duplicate" => (records.has(key) ? "duplicate" : (records.add(key), "new"))),
      },
      queue: {
        send: (message: QueueMessage) =>
          made(() => {
            // Drop a message with a known deduplication id, as SQS does.
            if (messages.some((one) => one.deduplicationId === message.deduplicationId)) return;
            messages.push(message);
            const { data, s3Key } = message.webhook;
            if (data === undefined && !payloads.has(s3Key)) withoutPayload.push(s3Key);
          }),
      },
    };
    return { ports, died };
  };
  return { payloads, records, messages, withoutPayload, attempt };
}

/** Sends the request as the provider does, until it has a 2xx. */
async function deliver(plan: Plan, events: readonly Admitted[], world: ReturnType<typeof services>) {
  for (const fates of [...plan.attempts, []]) {
    const { ports, died } = world.attempt(fates);
    const stored = storeAll(events, 0, ports).then(
      () => true,
      () => false,
    );
    // Treat a dead process as one that did not answer.
    const answered = await Promise.race([stored, died.then(() => false)]);
    if (answered) return;
  }
}

test("whatever fails between two events of a request: a 2xx means that all are durable, once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const events = plan.events.map(admitted);
      const world = services(plan);
      await deliver(plan, events, world);
      const keys = events.map(({ webhook }) => webhook);
      expect([...world.payloads].sort()).toEqual(keys.map(({ s3Key }) => s3Key).sort());
      expect([...world.records].sort()).toEqual(keys.map(({ id }) => recordKey("p", id)).sort());
      expect(world.withoutPayload).toEqual([]);
      for (const group of new Set(events.map((event) => event.group))) {
        const sent = world.messages.filter((message) => message.group === group);
        expect(sent.map((message) => message.deduplicationId)).toEqual(
          events.filter((event) => event.group === group).map(({ webhook }) => deduplicationId(webhook)),
        );
      }
    }),
    { numRuns: 1_000 },
  );
});
