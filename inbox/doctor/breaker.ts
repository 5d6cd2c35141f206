import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { BreakerCheck } from "../../functions/domain/recover";
import { readEventSource } from "../event-source";
import { ok, problem, unknown, warning, type Check, type Finding, type Patient } from "./finding";

/** Checks whether the queue is read, and whether the breaker could pause and resume the reading. */
export const breaker: Check = {
  name: "processing",
  async examine(patient) {
    return Promise.all([examineMapping(patient), examineBreaker(patient)]);
  },
};

async function examineMapping(patient: Patient): Promise<Finding> {
  const what = "queue reader (event source mapping)";
  const mapping = await readEventSource(patient);
  if (!mapping) return problem(what, "missing", "Run `pulumi up`: it was deleted.");
  const { State = "unknown", UUID = "", LastProcessingResult: last = "" } = mapping;
  if (State !== "Enabled") {
    return problem(
      what,
      State,
      `Paused by the breaker it resumes by itself; paused by hand: aws lambda update-event-source-mapping --uuid ${UUID} --enabled`,
    );
  }
  // `OK`, `No records processed`, or `PROBLEM: ...`.
  return last.startsWith("PROBLEM")
    ? problem(what, last, "Read the processing function's log.")
    : ok(what, "enabled");
}

/** Has the recovery function read and set a tag of its own, so that its own role is tested. */
async function examineBreaker({ clients, outputs }: Patient): Promise<Finding> {
  const what = "breaker";
  const FunctionName = outputs.recovery_function_name;
  if (FunctionName === undefined) return unknown(what, "the recovery function's name is not known");
  const { Payload, FunctionError } = await clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ check: true })) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  const fix = `Read its log: aws logs tail /aws/lambda/${FunctionName} --since 1h`;
  if (FunctionError !== undefined)
    return problem(what, `the recovery function failed: ${text.slice(0, 300)}`, fix);
  const { pausedSince, error } = JSON.parse(text) as BreakerCheck;
  if (error !== undefined) return problem(what, `cannot pause the processing: ${error}`, fix);
  return pausedSince === undefined
    ? ok(what, "closed; can read and set its tag")
    : warning(
        what,
        `open since ${pausedSince}: a service that the workflow needs fails`,
        "See inbox.paused in the recovery function's log.",
      );
}
