import type { IngestPorts } from "../../../functions/domain/ingest-ports";
import type { Variant } from "../world";

type Claimed = Awaited<ReturnType<IngestPorts["records"]["claim"]>>;

/**
 * Does not queue a webhook whose record exists, as if the request that wrote the record must also have sent the
 * message.
 */
export const duplicateNotQueued: Variant = {
  ingestPorts: (ports) => {
    let tellOutcome: (outcome: Claimed) => void;
    const outcome = new Promise<Claimed>((resolve) => (tellOutcome = resolve));
    return {
      ...ports,
      records: {
        claim: async (claim) => {
          const claimed = await ports.records.claim(claim);
          tellOutcome(claimed);
          return claimed;
        },
      },
      queue: {
        send: async (message) => {
          if ((await outcome) === "new") await ports.queue.send(message);
        },
      },
    };
  },
};
