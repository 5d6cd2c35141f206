interface Event {
  readonly at: number;
  readonly action: () => void;
}

/** Virtual time. Events run one by one, earliest first, and among equals in the order in which they were planned. */
export class Clock {
  private readonly events: Event[] = [];
  private unsettled = false;
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);

  after(milliseconds: number, action: () => void): void {
    const at = this.now + milliseconds;
    let index = this.events.length;
    // Latest first: the next event is popped off the end.
    while (index > 0 && this.events[index - 1]!.at <= at) index -= 1;
    this.events.splice(index, 0, { at, action });
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, () => this.wake(resolve)));
  }

  /** Runs what continues code that awaits something; the next event waits until that code awaits again. */
  wake(continuation: () => void): void {
    this.unsettled = true;
    continuation();
  }

  /** @throws {Error} where the events do not come to an end */
  async run(maxEvents: number): Promise<void> {
    // From here on this is a microtask, also where the caller was none.
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

/** Called from a microtask: Node runs the next tick when no microtask is left, and a turn of its event loop is dearer. */
const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));
