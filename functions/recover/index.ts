import type { Handler } from "aws-lambda";
import { consumerOf, type CheckRequest, type PauseRequest } from "../adapters/breaker";
import { createDynamoDB, createSqs, createStepFunctions } from "../adapters/clients";
import { deadLettersOf } from "../adapters/dead-letters";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { failuresIn } from "../adapters/records";
import { signedCalls } from "../adapters/signed-calls";
import { workflowAt } from "../adapters/workflow";
import { check, pause, recover, type BreakerCheck, type Look, type RecoverPorts } from "../domain/recover";

const ports: RecoverPorts = {
  consumer: consumerOf(environment("MAPPING_ARN"), signedCalls()),
  workflow: workflowAt(environment("STATE_MACHINE_ARN"), createStepFunctions()),
  deadLetters: deadLettersOf(environment("DLQ_URL"), createSqs()),
  records: failuresIn(environment("TABLE_NAME"), createDynamoDB()),
  now: Date.now,
  log,
};

/** Kept while the function is warm, which a schedule of one minute keeps it; after a cold start it looks again. */
let lastLook: Look | undefined;

/** Invoked every minute, by the processor with a {@link PauseRequest}, and by `webhooks doctor` with a {@link CheckRequest}. */
export const handler: Handler<Partial<PauseRequest & CheckRequest>, BreakerCheck | undefined> = async (
  event,
) => {
  if (event.check) return check(ports);
  if (event.pause) await pause(event.pause, ports);
  else lastLook = await recover(ports, lastLook);
  return undefined;
};
