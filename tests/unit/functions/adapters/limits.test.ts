import type { Items, Sqs } from "../../../../functions/adapters/clients";
import { createHeldStore } from "../../../../functions/adapters/held";
import { createPauseReader } from "../../../../functions/adapters/pauses";
import { createQueueReceiver } from "../../../../functions/adapters/queue";
import { UnavailableError } from "../../../../functions/domain/errors";

/** A service that never answers: its calls end when they are aborted. */
const silent = new Proxy({} as Items & Sqs, {
  get:
    () =>
    (_: unknown, { abortSignal }: { readonly abortSignal: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        abortSignal.addEventListener("abort", () => reject(abortSignal.reason as Error));
      }),
});
const limit = { timeoutMs: 10 };

test.each<[string, () => Promise<unknown>]>([
  ["reading the pauses", () => createPauseReader("table", silent).read(limit)],
  ["beginning with what is held", () => createHeldStore("table", silent).begin("acme", limit)],
  [
    "returning a message to the queue",
    () => createQueueReceiver("url", silent).retryAfter([{ receiptHandle: "handle" }], 1, limit),
  ],
])(
  "%s ends within the time that the function gives it",
  async (_, call) => {
    await expect(call()).rejects.toThrow(UnavailableError);
  },
  5_000,
);
