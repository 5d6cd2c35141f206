import type { Handler } from "aws-lambda";
import { consumerOf, type PauseRequest } from "../adapters/breaker";
import { createDynamoDB, createSqs, createStepFunctions } from "../adapters/clients";
import { deadLettersOf } from "../adapters/dead-letters";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { failuresIn } from "../adapters/records";
import { signedCalls } from "../adapters/signed-calls";
import { workflowAt } from "../adapters/workflow";
import { pause, recover, type Look, type RecoverPorts } from "../domain/recover";

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

/** Invoked every minute, and by the processor with a {@link PauseRequest}. */
export const handler: Handler<Partial<PauseRequest>, void> = async (event) => {
  if (event.pause) await pause(event.pause, ports);
  else lastLook = await recover(ports, lastLook);
};
