interface Event {
  readonly at: number;
  readonly action: () => void;
}

/** Virtual time. Events run one by one, earliest first, and at equal times in the order in which they were planned. */
export class Clock {
  private readonly events: Event[] = [];
  private unsettled = false;
  /** Current time, in milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);

  after(milliseconds: number, action: () => void): void {
    const at = this.now + milliseconds;
    let index = this.events.length;
    // Keep the latest event first: the next one is popped off the end.
    while (index > 0 && this.events[index - 1]!.at <= at) index -= 1;
    this.events.splice(index, 0, { at, action });
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, () => this.wake(resolve)));
  }

  /** Continues code that awaits something. The next event waits until that code awaits again. */
  wake(continuation: () => void): void {
    this.unsettled = true;
    continuation();
  }

  /** Runs all events. @throws {Error} if more than `maxEvents` happen */
  async run(maxEvents: number): Promise<void> {
    // Continue in a microtask even if the caller is not in one, as `settled` requires.
    await Promise.resolve();
    for (let count = 0; ; count += 1) {
      const event = this.events.pop();
      if (!event) return;
      if (count >= maxEvents) throw new Error(`the world is not at rest after ${maxEvents} events`);
      this.now = event.at;
      event.action();
      if (this.unsettled) await settled();
      this.unsettled = false;
    }
  }
}

/**
 * Waits until no microtask is left. From a microtask, a tick is enough: Node runs it then, and a turn of the event loop
 * takes longer.
 */
const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));
