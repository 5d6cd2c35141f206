import type { Variant } from "../world";

/** Treats every execution that answered as one that succeeded. */
export const believesHttp200: Variant = {
  groupPorts: (ports) => ({
    ...ports,
    workflow: {
      run: async (items) => {
        const run = await ports.workflow.run(items);
        if (run.status === "succeeded") return run;
        const { executionArn = "" } = run;
        return { status: "succeeded", executionArn, outcomes: items.map(() => ({ status: "published" })) };
      },
    },
  }),
};
