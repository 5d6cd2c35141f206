import { apiOf } from "../../../../functions/adapters/reconcile/apis";
import { DOUBLE } from "../../../../functions/adapters/reconcile/call";
import { reconcileRange } from "../../../../functions/domain/reconcile";
import { MAX_HELD_BYTES } from "../../../../functions/domain/reconcile-window";
import { Double } from "../../../support/reconcile/double";
import { ReconcileWorld } from "../../../support/reconcile/run";
import { StripeDouble } from "../../../support/reconcile/stripe";

/* Runs against Stripe's API, which lists events with their content; what is Stripe's own is in adapters/reconcile.test.ts. */

const MINUTE = 60_000;
let world: ReconcileWorld;
let stripe: StripeDouble;
let double: Double;

beforeEach(async () => {
  const signal = new AbortController().signal;
  const api = () =>
    apiOf({ api: "stripe", endpoint: "we_1" }, { name: "acme", scheme: "stripe" }, "rk_test", signal);
  world = new ReconcileWorld(api);
  stripe = new StripeDouble(() => world.now);
  double = new Double([stripe.api]);
  double.now = () => world.now;
  await double.start();
  process.env[DOUBLE] = double.url;
});
afterEach(async () => {
  delete process.env[DOUBLE];
  await double.stop();
});

/** An event that happened this many minutes ago. */
const happened = (id: string, minutes: number, more: object = {}) =>
  stripe.events.push({ id, type: "invoice.paid", created: world.ago(minutes) / 1_000, ...more });
const last = () => world.lines.at(-1);

describe("a scheduled run", () => {
  test("begins with what happens from the first run on", async () => {
    happened("old", 24 * 60);
    await world.run();
    expect(world.ids()).toEqual([]);
    expect(world.lease.progress?.cursor).toBe(world.now - world.settings.settleMs);
  });

  test("recovers what is missing, the oldest first and each once", async () => {
    await world.begin();
    for (let index = 0; index < 250; index += 1) happened(`evt_${index}`, 55 - index / 10);
    world.records.set("evt_1", "done");
    await world.run();
    expect(world.ids()).toEqual(stripe.events.map(({ id }) => id).filter((id) => id !== "evt_1"));
    expect(last()).toMatchObject({ event: "reconcile.ran", missing: 249, recovered: 249, unrecoverable: 0 });
    await world.run();
    expect(world.ids()).toHaveLength(249);
    expect(last()).toMatchObject({ missing: 0, recovered: 0 });
  });

  test("takes nothing for missing that its provider may be about to send", async () => {
    await world.begin();
    happened("young", 14);
    await world.run();
    expect(world.ids()).toEqual([]);
    world.advance(2);
    await world.run();
    expect(world.ids()).toEqual(["young"]);
  });

  test("finds an event that is listed late", async () => {
    await world.begin();
    happened("late", 30, { listedFrom: world.now + MINUTE });
    await world.run();
    expect(world.ids()).toEqual([]);
    world.advance(15);
    await world.run();
    expect(world.ids()).toEqual(["late"]);
  });

  test.each([
    ["behind", -90],
    ["ahead of", 90],
  ])("loses nothing if the provider's clock is %s ours", async (_, minutes) => {
    double.now = () => world.now + minutes * MINUTE;
    await world.begin();
    for (let run = 0; run < 8; run += 1) {
      // By the provider's clock it happens now.
      stripe.events.push({ id: `e${run}`, type: "invoice.paid", created: Math.floor(double.now() / 1_000) });
      world.advance(15);
      await world.run();
    }
    world.advance(120);
    await world.run();
    expect(world.ids()).toEqual(["e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7"]);
  });

  test("that crashes between an event and the cursor repeats it, and the event stays one", async () => {
    await world.begin();
    const { cursor } = world.lease.progress ?? {};
    happened("a", 30);
    world.beforeSave = () => {
      throw new Error("the function was ended");
    };
    await expect(world.run()).rejects.toThrow("the function was ended");
    expect(world.lease.progress?.cursor).toBe(cursor);
    world.beforeSave = () => undefined;
    await world.run();
    expect(world.ids()).toEqual(["a"]);
    expect(world.lease.progress?.cursor).toBe(world.now - world.settings.settleMs);
  });

  test("does nothing while another one has the lease", async () => {
    await world.ports().lease.take();
    expect(await world.run()).toBeUndefined();
    expect(double.requests).toEqual([]);
    expect(last()).toEqual({ event: "reconcile.skipped", provider: "acme" });
  });

  test("queues again what has a record and maybe no message, in one run", async () => {
    await world.begin();
    happened("claimed", 30);
    world.records.set("claimed", "received");
    await world.run();
    expect(world.queuedAgain).toEqual(["claimed"]);
    expect(world.fates()).toEqual([["claimed", "requeued"]]);
    expect(last()).toMatchObject({ missing: 0, recovered: 0 });
    // It waits in the queue still.
    world.records.set("claimed", "received");
    await world.run();
    expect(world.queuedAgain).toEqual(["claimed"]);
  });

  test("leaves to a release what was rejected and is in quarantine", async () => {
    await world.begin();
    happened("rejected", 30);
    world.quarantined.add("rejected");
    await world.run();
    expect(world.ids()).toEqual([]);
    expect(world.fates()).toEqual([["rejected", "quarantined"]]);
    expect(last()).toMatchObject({ missing: 0 });
  });

  test("says of which time nothing is known, if none ran for longer than records are kept", async () => {
    await world.begin();
    const { cursor = 0 } = world.lease.progress ?? {};
    happened("forgotten", 30);
    world.advance(89 * 24 * 60);
    happened("recent", 60);
    await world.run();
    expect(world.ids()).toEqual(["recent"]);
    expect(last()).toMatchObject({ unknownSince: new Date(cursor).toISOString() });
  });

  test("never looks back to where records have expired", async () => {
    Object.assign(world.settings, { recordsKeptMs: 24 * 60 * MINUTE });
    await world.begin();
    happened("published and forgotten", 30);
    world.advance(2 * 24 * 60);
    await world.run();
    expect(world.ids()).toEqual([]);
  });

  test("recovers more than it can hold in several lists", async () => {
    await world.begin();
    const more = `,"large":"${"x".repeat(MAX_HELD_BYTES / 2)}"`;
    for (const [index, id] of ["a", "b", "c"].entries()) happened(id, 50 - index, { more });
    await world.run();
    expect(world.ids()).toEqual(["a", "b", "c"]);
    expect(world.lease.progress?.cursor).toBe(world.now - world.settings.settleMs);
  });
});

describe("a run whose provider does not answer as it should", () => {
  beforeEach(async () => {
    await world.begin();
    happened("a", 30);
  });
  const cursorStays = async (act: () => Promise<unknown>) => {
    const { cursor } = world.lease.progress ?? {};
    await act();
    expect(world.lease.progress?.cursor).toBe(cursor);
    expect(world.ids()).toEqual([]);
    expect(world.lease.isTaken).toBe(false);
  };

  test("waits as long as a limited rate requires", async () => {
    double.next.push({ status: 429, headers: { "retry-after": "0" } }, { status: 503 });
    await world.run();
    expect(world.ids()).toEqual(["a"]);
  });

  test("fails without an alarm if the wait is longer than a run, and begins again where it began", async () => {
    await cursorStays(async () => {
      double.next.push({ status: 429, headers: { "retry-after": "3600" } });
      await expect(world.run()).rejects.toThrow("its rate limit is reached");
    });
    expect(last()).toMatchObject({ event: "reconcile.failed", failing: false });
    await world.run();
    expect(world.ids()).toEqual(["a"]);
  });

  test("keeps its cursor if only the first page of a list was read", async () => {
    for (let index = 0; index < 150; index += 1) happened(`b${index}`, 20);
    await cursorStays(async () => {
      const first = stripe.events.slice(1, 2).map((event) => stripe.textOf(event));
      double.next.push(
        { json: stripe.endpoint },
        { text: `{"data": [${first.join()}], "has_more": true}` },
        { status: 400 },
      );
      await expect(world.run()).rejects.toThrow("GET api.stripe.com/v1/events answered 400");
    });
  });

  test("raises the alarm once the cursor is hours behind", async () => {
    world.advance(180);
    double.next.push({ status: 429, headers: { "retry-after": "3600" } });
    await expect(world.run()).rejects.toThrow();
    expect(last()).toMatchObject({ failing: true });
  });

  test.each([401, 403])(
    "raises the alarm at once if the key is not accepted: %s is no list without events",
    async (status) => {
      await cursorStays(async () => {
        double.next.push({ status, json: { error: { message: "Invalid API Key provided: rk_t***" } } });
        await expect(world.run()).rejects.toThrow(`answered ${status}`);
      });
      expect(last()).toMatchObject({ event: "reconcile.failed", failing: true });
      expect(JSON.stringify(world.lines)).not.toContain("rk_t");
      expect(world.lease.summary).toMatchObject({
        error: expect.stringContaining(`answered ${status}`) as string,
      });
    },
  );

  test("raises the alarm if the provider has lost the endpoint", async () => {
    await cursorStays(async () => {
      stripe.endpoint = undefined;
      await expect(world.run()).rejects.toThrow("/v1/webhook_endpoints/we_1 answered 404");
    });
    expect(last()).toMatchObject({ event: "reconcile.failed", failing: true });
  });

  test("recovers all the same from an endpoint that is disabled, and says so", async () => {
    Object.assign(stripe.endpoint ?? {}, { status: "disabled" });
    await world.run();
    expect(world.ids()).toEqual(["a"]);
    expect(last()).toMatchObject({ off: expect.stringMatching(/disabled the endpoint we_1/) as string });
    expect(world.lease.summary).toHaveProperty("off");
  });
});

describe("a range that an operator names", () => {
  const range = () => ({ from: world.ago(120), until: world.now });

  test("is recovered, and the cursor of the schedule stays", async () => {
    happened("a", 100);
    const report = await reconcileRange(range(), world.settings, false, world.ports());
    expect(report?.found).toMatchObject([{ id: "a", fate: "recovered" }]);
    expect(world.ids()).toEqual(["a"]);
    expect(world.lease.progress).toBeUndefined();
  });

  test("is only compared in a dry run, which no other run hinders", async () => {
    happened("a", 100);
    await world.ports().lease.take();
    const report = await reconcileRange(range(), world.settings, true, world.ports());
    expect(report?.found).toMatchObject([{ id: "a", fate: "missing" }]);
    expect([world.ids(), world.lines]).toEqual([[], []]);
  });

  test("waits for a run of the schedule", async () => {
    await world.ports().lease.take();
    expect(await reconcileRange(range(), world.settings, false, world.ports())).toBeUndefined();
  });
});
