import type { Plan } from "../runner/plan";

/** Plan of the runner: where to send, as which providers, and how much. Read once for all virtual users. */
export const plan = JSON.parse(open(__ENV["LOAD_PLAN"] ?? "")) as Plan;
