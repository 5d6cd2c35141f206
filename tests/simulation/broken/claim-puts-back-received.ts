import type { Variant } from "../world";

/** The claim writes the record again instead of keeping what is there. */
export const claimPutsBackReceived: Variant = {
  ingestPorts: (ports, table) => ({
    ...ports,
    records: {
      claim: async (claim) => {
        const claimed = await ports.records.claim(claim);
        table.items.set(claim.key, { status: "received", replay: claim.webhook.replay, expires: true });
        return claimed;
      },
    },
  }),
};
