import type { LogLine } from "../../../functions/domain/log-line";
import { reconcileDue, type ReconcileSettings, type Report } from "../../../functions/domain/reconcile";
import type {
  ListedEvent,
  ProviderApi,
  ReconcilePorts,
  Recorded,
} from "../../../functions/domain/reconcile-ports";
import { Lease } from "./lease";

const MINUTE = 60_000;

/** An inbox in memory with its own clock, with everything that a reconciliation uses. */
export class ReconcileWorld {
  now = Date.parse("2026-06-15T12:00:00Z");
  readonly records = new Map<string, Recorded>();
  readonly quarantined = new Set<string>();
  /** Events that were stored and queued for the first time, in that order. */
  readonly admitted: ListedEvent[] = [];
  /** Ids of events whose message was queued again. */
  readonly queuedAgain: string[] = [];
  readonly lines: LogLine[] = [];
  readonly lease = new Lease();
  /** Called before the cursor is written. It can throw, as a crash. */
  beforeSave = (): void => undefined;
  readonly settings: ReconcileSettings = {
    provider: "acme",
    settleMs: 15 * MINUTE,
    everyMs: 15 * MINUTE,
    recordsKeptMs: 90 * 86_400_000,
  };

  constructor(private readonly api: () => ProviderApi) {}

  ports(): ReconcilePorts {
    const lease = this.lease.ofRun(() => this.now);
    return {
      api: this.api(),
      records: {
        open: () => (ids) =>
          Promise.resolve(
            new Map(
              ids.flatMap((id) => {
                const recorded = this.records.get(id);
                return recorded ? [[id, recorded] as const] : [];
              }),
            ),
          ),
      },
      quarantined: () => Promise.resolve(this.quarantined),
      admit: (event) => {
        const known = this.records.has(event.id);
        if (known) this.queuedAgain.push(event.id);
        else this.admitted.push(event);
        this.records.set(event.id, "done");
        return Promise.resolve(known ? "duplicate" : "new");
      },
      lease: {
        ...lease,
        save: (progress) => {
          this.beforeSave();
          return lease.save(progress);
        },
      },
      now: () => this.now,
      log: (line) => this.lines.push(line),
    };
  }

  /** Makes one scheduled run. */
  run(): Promise<Report | undefined> {
    return reconcileDue(this.settings, this.ports());
  }

  /** Makes the first run, then lets an hour pass in which webhooks can go missing. */
  async begin(): Promise<void> {
    await this.run();
    this.advance(60);
  }

  advance(minutes: number): void {
    this.now += minutes * MINUTE;
  }

  /** Returns the time this many minutes ago, in milliseconds since the epoch. */
  ago(minutes: number): number {
    return this.now - minutes * MINUTE;
  }

  ids(): readonly string[] {
    return this.admitted.map(({ id }) => id);
  }

  /** Returns the fates of the events that the last run logged. */
  fates(): readonly (readonly [string, string])[] {
    const start = this.lines.findLastIndex(
      ({ event }, index) => event === "reconcile.ran" && index < this.lines.length - 1,
    );
    return this.lines
      .slice(start + 1)
      .flatMap((line) => (line.event === "reconcile.event" ? [[line.id, line.fate] as const] : []));
  }
}
