import type { Plan } from "../runner/plan";

/** What the runner wants: where to send, as whom, and how much. Read once for all virtual users. */
export const plan = JSON.parse(open(__ENV["LOAD_PLAN"] ?? "")) as Plan;
