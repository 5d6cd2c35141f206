import { ok, problem, type Check } from "./finding";

/** Outputs that stacks of older versions lack; no command works without the other outputs. */
const NEWER = ["recovery_function_name", "undelivered_queue_url", "throttle_rate_limit"] as const;

/** Checks that the stack has all outputs that this version reads. */
export const outputs: Check = {
  name: "outputs",
  async examine({ outputs: found }) {
    const missing = NEWER.filter((name) => found[name] === undefined);
    return [
      missing.length === 0
        ? ok("outputs", "complete")
        : problem(
            "outputs",
            `missing: ${missing.join(", ")}`,
            "The stack is of an older version: run `pulumi up`.",
          ),
    ];
  },
};
