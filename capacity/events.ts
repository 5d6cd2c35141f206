/** What happens next: a binary heap by time. */
export class Events {
  readonly #heap: { readonly at: number; readonly happen: () => void }[] = [];
  now = 0;

  at(time: number, happen: () => void): void {
    const heap = this.#heap;
    let index = heap.push({ at: time, happen }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((heap[parent]?.at ?? 0) <= time) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Lets everything happen, up to a time. */
  run(until: number): void {
    for (let next = this.#heap[0]; next && next.at <= until; next = this.#heap[0]) {
      this.#removeFirst();
      this.now = next.at;
      next.happen();
    }
    this.now = until;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      for (const child of [left, right])
        if (child < heap.length && (heap[child]?.at ?? 0) < (heap[least]?.at ?? 0)) least = child;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const [first, second] = [heap[a], heap[b]];
    if (!first || !second) return;
    heap[a] = second;
    heap[b] = first;
  }
}

/** A token bucket; and the highest demand per second that it has seen. */
export class Bucket {
  #tokens: number;
  #at = 0;
  #second = -1;
  #inSecond = 0;
  /** Most that was asked for within one second. */
  peak = 0;
  refused = 0;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  take(now: number, amount = 1): boolean {
    const second = Math.floor(now);
    if (second !== this.#second) [this.#second, this.#inSecond] = [second, 0];
    this.#inSecond += amount;
    this.peak = Math.max(this.peak, this.#inSecond);
    this.#tokens = Math.min(this.burst, this.#tokens + (now - this.#at) * this.rate);
    this.#at = now;
    if (this.#tokens < amount) {
      this.refused += 1;
      return false;
    }
    this.#tokens -= amount;
    return true;
  }
}

/** Environments of a function: warm ones are used again, others start cold, and there is a most. */
export class Environments {
  /** When each free one was last used; the most recent is taken first, as Lambda does. */
  readonly #free: number[] = [];
  inUse = 0;
  peak = 0;
  coldStarts = 0;

  constructor(
    private readonly idleSeconds: number,
    private readonly coldStartSeconds: number,
  ) {}

  /** @returns the seconds that it takes to start */
  take(now: number): number {
    this.inUse += 1;
    this.peak = Math.max(this.peak, this.inUse);
    const last = this.#free.pop();
    if (last !== undefined && now - last <= this.idleSeconds) return 0;
    this.coldStarts += 1;
    return this.coldStartSeconds;
  }

  give(now: number): void {
    this.inUse -= 1;
    this.#free.push(now);
  }
}
