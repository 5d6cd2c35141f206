import { ok, problem, type Check } from "./finding";

/** Outputs that a stack of an older version lacks; without the others no command works at all. */
const NEWER = ["recovery_function_name", "undelivered_queue_url", "throttle_rate_limit"] as const;

/** Whether the stack has all outputs that this version reads. */
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
