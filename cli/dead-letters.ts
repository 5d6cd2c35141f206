import type { Inbox } from "../inbox/connect";
import { matches, wholeIds, type DeadLetter, type DeadLetterFilter } from "../inbox/dead-letter";
import { DeadLetterQueue, type Reading } from "../inbox/dead-letters";
import { interruptible } from "../terminal/interrupt";

interface Options {
  readonly consumer?: string;
  /** Whether to read the dead letters behind the first ten of a group, too, which takes longer. */
  readonly deep?: true;
}

/** Reads the dead letters that match, passes them to `show`, and then makes them visible to other readers again. */
export async function withDeadLetters(
  inbox: Inbox,
  options: Options,
  filter: DeadLetterFilter,
  show: (found: readonly DeadLetter[], reading: Reading, now: number) => void,
): Promise<void> {
  await interruptible(async (signal) => {
    const queue = new DeadLetterQueue(inbox, options.consumer);
    try {
      const reading = await queue.read({ spread: options.deep === true, signal });
      const now = Date.now();
      const ids = wholeIds(filter.ids ?? [], reading.deadLetters);
      const found = reading.deadLetters.filter((deadLetter) => matches(deadLetter, { ...filter, ids }, now));
      show(found, reading, now);
    } finally {
      await queue.close();
    }
  });
}
