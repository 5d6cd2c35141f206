import type { Handler } from "aws-lambda";
import { consumerOf, type CheckRequest, type PauseRequest } from "../adapters/breaker";
import { createDynamoDB, createSqs, createStepFunctions } from "../adapters/clients";
import { deadLettersOf, redrivesTo } from "../adapters/dead-letters";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { processorAt } from "../adapters/processor";
import { failuresIn, redrivesIn } from "../adapters/records";
import { signedCalls } from "../adapters/signed-calls";
import { workflowAt } from "../adapters/workflow";
import { check, pause, recover, type BreakerCheck, type Look, type RecoverPorts } from "../domain/recover";

const sqs = createSqs();
const dynamodb = createDynamoDB();
const call = signedCalls();
const table = environment("TABLE_NAME");

const ports: RecoverPorts = {
  consumer: consumerOf(environment("MAPPING_ARN"), call),
  workflow: workflowAt(environment("STATE_MACHINE_ARN"), createStepFunctions()),
  processor: processorAt(environment("PROCESS_FUNCTION_NAME"), call),
  queue: redrivesTo(environment("QUEUE_URL"), sqs),
  deadLetters: deadLettersOf(environment("DLQ_URL"), sqs),
  records: { ...failuresIn(table, dynamodb), ...redrivesIn(table, dynamodb) },
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
