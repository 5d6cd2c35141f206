import { describeReconciliation, readReconciliations } from "../reconciliations";
import { ok, problem, unknown, type Check, type Finding } from "./finding";

/** Checks that scheduled reconciliations run and make progress. */
export const reconcile: Check = {
  name: "reconciliation",
  async examine(patient) {
    const states = await readReconciliations(patient, Date.now());
    return states.map((state): Finding => {
      const what = `reconciliation of ${state.provider}`;
      const found = describeReconciliation(state);
      if (state.failing) return problem(what, found, "See docs/runbook.md#reconcile-failed.");
      return state.lastRun ? ok(what, found) : unknown(what, found, "Its schedule begins with its period.");
    });
  },
};
