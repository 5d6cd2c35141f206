import fc from "fast-check";
import { violations } from "./rules";
import { ANSWERS, schedulesWithConsumers, type PlannedConsumer, type Schedule } from "./schedule";
import type { DeliverVariant } from "./deliveries";
import { run, type History } from "./world";

const MINUTE = 60_000;

/** Five webhooks in two groups, over a minute. */
const schedule: Schedule = {
  webhooks: [0, 1, 0, 0, 1].map((group, index) => ({ group, kind: "plain", sentAt: [index * 12_000] })),
  faults: [],
  latencies: [20],
  patience: 3,
};
const healthy: PlannedConsumer = { answers: "takes" };

/** Returns when each event was on the bus, and when the healthy consumer took it. */
const times = ({ publications, consumers }: History) => ({
  bus: publications.map(({ id, at }) => ({ id, at })),
  healthy: consumers[0]?.handled,
});

const BAD: readonly [string, PlannedConsumer][] = [
  ...ANSWERS.map((answers): [string, PlannedConsumer] => [answers, { answers }]),
  ["is paused for an hour", { answers: "takes", paused: { from: 0, until: 60 * MINUTE } }],
  ["is removed while messages wait", { answers: "slow", removedAt: 15_000 }],
];

test.each(BAD)("neither the bus nor another consumer is late beside one: %s", async (_, bad) => {
  const alone = await run({ ...schedule, consumers: [healthy] });
  const beside = await run({ ...schedule, consumers: [healthy, bad] });
  expect(violations(beside)).toEqual([]);
  expect(alone.publications).toHaveLength(5);
  expect(alone.consumers[0]?.handled).toHaveLength(5);
  expect(times(beside)).toEqual(times(alone));
});

test("the events of a group wait for one before them, those of another do not", async () => {
  const { consumers } = await run({ ...schedule, consumers: [{ answers: "hangs" }] });
  const [first, second] = consumers[0]?.handled ?? [];
  // The first call hangs for 15 s, and the next one is 5 s later.
  expect(first).toMatchObject({ id: "w0" });
  expect(second).toMatchObject({ id: "w1" });
});

/** Tests the rules: a mistake that they do not notice here, they would not notice in the product either. */
describe("a delivery is caught that", () => {
  const BROKEN: Readonly<Record<string, { variant: DeliverVariant; breaks: string }>> = {
    "forgets what it has delivered": {
      variant: (ports) => ({ ...ports, deliveries: { ...ports.deliveries, read: async () => undefined } }),
      breaks: "onceAtConsumers",
    },
    "never dead-letters": {
      variant: (ports) => ({ ...ports, deadLetters: { send: async () => {} } }),
      breaks: "consumersLoseNothing",
    },
    "takes any answer for a 2xx": {
      variant: (ports) => ({
        ...ports,
        post: async (request) => ({ ...(await ports.post(request)), status: 200 }),
      }),
      breaks: "consumersLoseNothing",
    },
  };
  test.each(Object.entries(BROKEN))("%s", async (_, { variant, breaks }) => {
    const { failed } = await fc.check(
      fc.asyncProperty(schedulesWithConsumers, async (drawn) => {
        const found = violations(await run(drawn, { deliverPorts: variant }));
        return !found.some((violation) => violation.startsWith(`${breaks}:`));
      }),
      { numRuns: 5_000, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });
});
