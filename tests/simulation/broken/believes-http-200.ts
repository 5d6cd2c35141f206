import type { Variant } from "../world";

/** An execution that was answered counts as one that did its work. */
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
