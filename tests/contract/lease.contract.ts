import { LEASE_SECONDS } from "../../functions/adapters/reconcile/lease";
import type { ReconcilePorts } from "../../functions/domain/reconcile-ports";

type Lease = ReconcilePorts["lease"];

const NOW = Date.parse("2026-06-15T12:00:00Z");
const EXPIRED = NOW + (LEASE_SECONDS + 1) * 1_000;
const nothing: ReadonlySet<string> = new Set();
const progress = { cursor: NOW - 1_000, requested: new Set(["a", "b"]), lost: nothing };
const summary = { at: new Date(NOW).toISOString(), missing: 0, recovered: 0, unrecoverable: 0 };

/**
 * Tests the lease, which prevents two reconciliations of a provider at the same time.
 * @param start returns a function that creates the leases of several runs of one provider; another provider at each
 * call
 */
export function leaseContract(start: () => Promise<(now: () => number) => Lease>): void {
  let run: (now?: number) => Lease;
  beforeEach(async () => {
    const of = await start();
    run = (now = NOW) => of(() => now);
  });

  test("the first run has no progress, and no other run gets the lease", async () => {
    expect(await run().take()).toEqual({});
    expect(await run().take()).toBeUndefined();
  });

  test("the next run gets what the last one saved", async () => {
    const first = run();
    await first.take();
    await first.save({ ...progress, lost: new Set(["c"]) });
    await first.save(progress);
    await first.release(summary);
    expect(await run().take()).toEqual({ progress });
  });

  test("that of a run that was ended from outside is free in time, and no longer its own", async () => {
    let now = NOW;
    const of = await start();
    const ended = of(() => now);
    await ended.take();
    now = EXPIRED;
    expect(await of(() => EXPIRED).take()).toEqual({});
    await expect(ended.renew()).rejects.toThrow();
    await expect(ended.save(progress)).rejects.toThrow();
    await expect(ended.release(summary)).rejects.toThrow();
  });

  test("renewed, it is not free when it would have been", async () => {
    let now = NOW;
    const of = await start();
    const first = of(() => now);
    await first.take();
    now += 60_000;
    await first.renew();
    expect(await of(() => EXPIRED).take()).toBeUndefined();
  });
}
