import type { ConsumerState } from "../../functions/domain/recover";
import type { Clock } from "./clock";

/** Milliseconds for which Lambda still reads the queue after a pause. */
const STILL_READ_MS = 20_000;

/** The event source mapping as the breaker sees it. */
export class Consumer {
  private pausedSince: string | undefined;
  /** Whether Lambda reads the queue. */
  reads = true;

  constructor(
    private readonly clock: Clock,
    private readonly onResume: () => void,
  ) {}

  state(): ConsumerState {
    return this.pausedSince === undefined ? {} : { pausedSince: this.pausedSince };
  }

  pause(since: string): void {
    this.pausedSince = since;
    this.clock.after(STILL_READ_MS, () => (this.reads = this.pausedSince === undefined));
  }

  resume(): void {
    this.pausedSince = undefined;
    this.reads = true;
    this.clock.after(0, this.onResume);
  }
}
