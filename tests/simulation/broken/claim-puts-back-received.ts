import type { Variant } from "../world";

/** Overwrites the record at a claim instead of keeping its fields. */
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
