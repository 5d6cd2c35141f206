import { messageOf } from "../errors";
import { alarms } from "./alarms";
import { breaker } from "./breaker";
import { clock } from "./clock";
import { delivery } from "./delivery";
import { encryption } from "./encryption";
import { endpoint } from "./endpoint";
import { unknown, type Check, type Finding, type Patient } from "./finding";
import { functionErrors } from "./function-errors";
import { limits } from "./limits";
import { outputs } from "./outputs";
import { queues } from "./queues";
import { reconcile } from "./reconcile";
import { secrets } from "./secrets";

/** All checks, in the order in which a webhook passes through the parts that they check. */
const CHECKS: readonly Check[] = [
  outputs,
  clock,
  secrets,
  encryption,
  endpoint,
  delivery,
  breaker,
  functionErrors,
  reconcile,
  queues,
  alarms,
  limits,
];

/** Examines a deployed stack: runs the checks in parallel and returns their findings in order. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const findings = await Promise.all(CHECKS.map((check) => examineOne(check, patient)));
  return findings.flat();
}

async function examineOne({ name, examine: run }: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await run(patient);
  } catch (error) {
    const denied = /AccessDenied|not authorized/i.test(messageOf(error));
    const fix = denied
      ? "Run it with credentials that may read this, or look at it in the AWS console."
      : undefined;
    return [unknown(name, `could not be examined: ${messageOf(error)}`, fix)];
  }
}
