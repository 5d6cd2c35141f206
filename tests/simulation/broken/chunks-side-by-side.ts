import { processBatch } from "../../../functions/domain/process";
import type { Variant } from "../world";

const CHUNK = 2;

/** Cuts the batch into chunks and processes them in parallel, as if each had the group for itself. */
export const chunksSideBySide: Variant = {
  processBatch: async (messages, ports) => {
    const chunks = Array.from({ length: Math.ceil(messages.length / CHUNK) }, (_, index) =>
      messages.slice(index * CHUNK, (index + 1) * CHUNK),
    );
    const unprocessed = await Promise.all(chunks.map((chunk) => processBatch(chunk, ports)));
    return unprocessed.flat();
  },
};
