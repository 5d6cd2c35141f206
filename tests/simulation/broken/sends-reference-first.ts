import type { Variant } from "../world";

/** All three calls side by side, also where the message only refers to the object. The answer still waits for all. */
export const sendsReferenceFirst: Variant = {
  ingestPorts: (ports) => {
    let put: Promise<void> = Promise.resolve();
    return {
      ...ports,
      payloads: {
        ...ports.payloads,
        put: async (payload) => {
          put = ports.payloads.put(payload);
        },
      },
      records: {
        claim: async (claim) => {
          const [claimed] = await Promise.all([ports.records.claim(claim), put]);
          return claimed;
        },
      },
    };
  },
};
