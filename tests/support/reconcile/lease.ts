import { LEASE_SECONDS } from "../../../functions/adapters/reconcile/lease";
import type { Progress, ReconcilePorts, RunSummary } from "../../../functions/domain/reconcile-ports";

/** Lease and progress of a provider's runs, as functions/adapters/reconcile/lease.ts keeps them. */
export class Lease {
  progress: Progress | undefined;
  summary: RunSummary | undefined;
  #holder: { until: number } | undefined;

  /** Whether any run has the lease. */
  get isTaken(): boolean {
    return this.#holder !== undefined;
  }

  /** Returns the lease as one run sees it. */
  ofRun(now: () => number): ReconcilePorts["lease"] {
    const run = { until: 0 };
    const own = async () => {
      if (this.#holder !== run) throw new Error("another run has the lease");
      return run;
    };
    const until = () => now() + LEASE_SECONDS * 1_000;
    return {
      take: async () => {
        if (this.#holder && this.#holder.until >= now()) return undefined;
        run.until = until();
        this.#holder = run;
        return this.progress ? { progress: this.progress } : {};
      },
      renew: async () => void ((await own()).until = until()),
      save: async (progress) => {
        await own();
        this.progress = progress;
      },
      release: async (summary) => {
        await own();
        this.#holder = undefined;
        this.summary = summary;
      },
    };
  }
}
