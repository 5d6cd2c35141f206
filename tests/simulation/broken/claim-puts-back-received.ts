import type { Variant } from "../world";

/** The claim writes the record again instead of keeping what is there. */
export const claimPutsBackReceived: Variant = {
  ingestPorts: (ports, table) => ({
    ...ports,
    records: {
      claim: async (claim) => {
        const claimed = await ports.records.claim(claim);
        const { replay } = claim.webhook;
        table.items.set(claim.key, { status: "received", replay, expiresAt: Infinity });
        return claimed;
      },
    },
  }),
};
