import type { HeldDelivery, HeldHead, HeldMessage } from "../../functions/domain/pause";

import type { Webhook } from "../../functions/domain/webhook";
import { nameOf } from "./sender";

const BATCH = 10;

interface Counts {
  next: number;
  done: number;
  begun: number;
}

/** Messages that are held for paused providers, as functions/adapters/held.ts keeps them. */
export class Held {
  /** Names of the events in all messages that were ever held. */
  readonly ids = new Set<string>();
  private readonly counts = new Map<string, Counts>();
  private readonly messages = new Map<string, HeldMessage>();

  /** @param partly holds only the first message, and throws */
  add(group: string, messages: readonly HeldDelivery[], behind: boolean, partly = false): boolean {
    if (behind && !this.counts.has(group)) return false;
    const counts = this.counts.get(group) ?? { next: 0, done: 0, begun: 0 };
    this.counts.set(group, counts);
    const first = counts.next + 1;
    counts.next += messages.length;
    for (const [index, message] of (partly ? messages.slice(0, 1) : messages).entries()) {
      this.ids.add(nameOf(JSON.parse(message.body) as Webhook));
      this.messages.set(`${first + index}#${group}`, { ...message, number: first + index });
    }
    if (partly) throw new Error("held in part");
    return true;
  }

  begin(group: string): HeldHead | undefined {
    const counts = this.counts.get(group);
    if (!counts) return undefined;
    counts.begun += 1;
    if (counts.done >= counts.next) {
      this.counts.delete(group);
      return undefined;
    }
    const to = Math.min(counts.next, counts.done + BATCH);
    const numbers = Array.from({ length: to - counts.done }, (_, index) => counts.done + 1 + index);
    const messages = numbers.flatMap((number) => this.messages.get(`${number}#${group}`) ?? []);
    return { messages, begun: counts.begun, to };
  }

  finish(group: string, done: readonly HeldMessage[], from: number, begun: number): void {
    for (const { number } of done) this.messages.delete(`${number}#${group}`);
    const counts = this.counts.get(group) ?? { next: 0, done: 0, begun: 0 };
    this.counts.set(group, { ...counts, done: from - 1, begun });
  }

  /** Returns the groups with held messages. */
  groups(): readonly string[] {
    return [...this.counts.keys()];
  }
}
