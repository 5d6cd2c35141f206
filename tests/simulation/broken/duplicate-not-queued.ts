import type { IngestPorts } from "../../../functions/domain/ingest-ports";
import type { Variant } from "../world";

type Claimed = Awaited<ReturnType<IngestPorts["records"]["claim"]>>;

/** What the table knows is answered without queueing, as if anyone who wrote the record had also sent the message. */
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
