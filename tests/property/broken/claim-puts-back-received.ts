import type { Variant } from "../world";

/** The claim writes the record anew instead of keeping what is there. */
export const claimPutsBackReceived: Variant = {
  ingestPorts: (ports, table) => ({
    ...ports,
    records: {
      claim: async (claim) => {
        const claimed = await ports.records.claim(claim);
        table.items.set(claim.key, { ...table.items.get(claim.key), status: "received" });
        return claimed;
      },
    },
  }),
};
