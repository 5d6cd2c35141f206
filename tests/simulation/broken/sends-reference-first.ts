import type { Variant } from "../world";

/**
 * Makes all three calls in parallel, even if the message only refers to the object. Still waits for all before it
 * answers.
 */
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
