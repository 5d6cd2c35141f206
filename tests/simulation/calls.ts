import type { Clock } from "./clock";
import { CALLS_OF, type Call, type FaultKind, type Schedule } from "./schedule";

/** A fault that took place. */
export interface Hit {
  readonly call: Call | "workflow.deadline" | "process.deadline";
  readonly kind: FaultKind;
  /** Event ids of the webhooks in the call. */
  readonly ids: readonly string[];
  /** Position among all effects in the world. */
  readonly step: number;
}

/** A call that was made. */
export interface Made {
  readonly call: Call;
  /** Number of the call among those of its name, from 0. */
  readonly nth: number;
  /** Event ids of the webhooks in the call. */
  readonly ids: readonly string[];
}

/** Something that runs code and can die; after its death none of its code runs. */
export class Process {
  alive = true;
  /** Whether its calls in flight have no effect any more. */
  cutOff = false;

  constructor(private readonly onDeath: () => void = () => {}) {}

  die({ cutOff }: { cutOff: boolean }): void {
    if (!this.alive) return;
    this.alive = false;
    this.cutOff = cutOff;
    this.onDeath();
  }
}

export class ServiceError extends Error {
  override readonly name: string = "ServiceError";
}

/** The caller gave up waiting for an answer. */
export class TimeoutError extends ServiceError {
  override readonly name = "TimeoutError";
}

/** Milliseconds before its caller gives up at which a call with the fault `drags` answers. */
const ALMOST_MS = 50;

export interface CallOptions<T> {
  /** Event ids of the webhooks in the call. */
  readonly ids: readonly string[];
  readonly effect: () => T;
  /** Effect on a part of the webhooks. It throws if a partial effect is an error. */
  readonly partialEffect?: () => T;
  /** Milliseconds after which the caller gives up waiting for an answer. */
  readonly timeoutMs: number;
}

/** Makes all calls of the world: they take time, and some fail as the schedule says. */
export class Calls {
  private readonly counts = new Map<Call, number>();
  private taken = 0;
  private steps = 0;
  private readonly startedAt: number;
  /** Every call in order, for a caller that lists the points at which something can fail. */
  readonly made: Made[] = [];
  readonly hits: Hit[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly schedule: Schedule,
  ) {
    this.startedAt = clock.now;
  }

  /** Returns the next number; effects are numbered in the order in which they take place. */
  step(): number {
    this.steps += 1;
    return this.steps;
  }

  latency(): number {
    const { latencies } = this.schedule;
    const latency = latencies[this.taken % latencies.length] ?? 0;
    this.taken += 1;
    return latency;
  }

  hit(call: Hit["call"], kind: FaultKind, ids: readonly string[]): void {
    this.hits.push({ call, kind, ids, step: this.step() });
  }

  /** Returns the fault that the schedule has for the next call of this name, if any. */
  private nextFault(call: Call, ids: readonly string[]): FaultKind | undefined {
    const nth = this.counts.get(call) ?? 0;
    this.counts.set(call, nth + 1);
    this.made.push({ call, nth, ids });
    const fault = this.schedule.faults.find(
      (one) => one.call === call && nth >= one.nth && nth < one.nth + one.times,
    );
    return fault?.kind ?? this.outageOf(call);
  }

  private outageOf(call: Call): FaultKind | undefined {
    const { outage } = this.schedule;
    if (!outage || !(CALLS_OF[outage.service] as readonly Call[]).includes(call)) return undefined;
    const now = this.clock.now - this.startedAt;
    return now >= outage.from && now < outage.until ? outage.kind : undefined;
  }

  /** Makes a call, which takes effect at once when its request arrives. */
  make<T>(process: Process, call: Call, options: CallOptions<T>): Promise<T> {
    if (!process.alive) return new Promise(() => {});
    const kind = this.nextFault(call, options.ids);
    return new Promise((resolve, reject) => {
      const answer = (milliseconds: number, continuation: () => void) =>
        this.clock.after(milliseconds, () => {
          if (process.alive) this.clock.wake(continuation);
        });
      const slow = kind === "drags" ? Math.max(0, options.timeoutMs - ALMOST_MS) : this.latency();
      this.clock.after(Math.min(slow, options.timeoutMs), () => {
        if (process.cutOff) return;
        if (kind === "hangs" || slow >= options.timeoutMs) {
          this.hit(call, "hangs", options.ids);
          answer(options.timeoutMs - Math.min(slow, options.timeoutMs), () =>
            reject(new TimeoutError("timed out")),
          );
          return;
        }
        try {
          const result = this.takeEffect(process, call, kind, options);
          if (!process.alive) return;
          if (kind === "times-out") answer(options.timeoutMs, () => reject(new TimeoutError("timed out")));
          else answer(1, () => resolve(result as T));
        } catch (error) {
          answer(1, () => reject(error));
        }
      });
    });
  }

  private takeEffect<T>(
    process: Process,
    call: Call,
    kind: FaultKind | undefined,
    { ids, effect, partialEffect }: CallOptions<T>,
  ): T | undefined {
    if (kind === undefined) return effect();
    const isPartial = kind === "partial" && partialEffect !== undefined;
    const happens = kind === "times-out" || kind === "drags" || kind === "repeats" || kind === "dies-after";
    try {
      if (kind === "repeats") effect();
      // Record the fault between the two effects, so that consequences of the second come after it.
      if (kind === "repeats") this.hit(call, kind, ids);
      if (happens) return effect();
      if (isPartial) return partialEffect();
    } finally {
      if (kind !== "repeats") this.hit(call, kind, ids);
      if (kind === "dies" || kind === "dies-after") process.die({ cutOff: kind === "dies" });
    }
    throw new ServiceError(`${call} failed`);
  }
}
