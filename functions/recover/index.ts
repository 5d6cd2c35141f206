import type { Handler } from "aws-lambda";
import { consumerOf, type CheckRequest, type PauseRequest } from "../adapters/breaker";
import { createItems, createSqs, createStepFunctions } from "../adapters/clients";
import { createDeadLetterReader, createRedriveSender } from "../adapters/dead-letters";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { createResumeStore } from "../adapters/pauses";
import { createProcessorClient } from "../adapters/processor";
import { createFailureStore, createRedriveStore } from "../adapters/records";
import { HURRIED, signedCalls } from "../adapters/signed-calls";
import { createWorkflowClient } from "../adapters/workflow";
import {
  check,
  pause,
  recover,
  type BreakerCheck,
  type DeadLetterScan,
  type RecoverPorts,
} from "../domain/recover";
import { resume, type ResumePorts } from "../domain/resume";

const sqs = createSqs();
const dynamodb = createItems();
const call = signedCalls(HURRIED);
const table = environment("TABLE_NAME");

const ports: RecoverPorts & ResumePorts = {
  pauses: createResumeStore(table, environment("QUEUE_URL"), dynamodb, sqs),
  consumer: consumerOf(environment("MAPPING_ARN"), call),
  workflow: createWorkflowClient(environment("STATE_MACHINE_ARN"), createStepFunctions()),
  processor: createProcessorClient(environment("PROCESS_FUNCTION_NAME"), call),
  queue: createRedriveSender(environment("QUEUE_URL"), sqs),
  deadLetters: createDeadLetterReader(environment("DLQ_URL"), sqs),
  records: { ...createFailureStore(table, dynamodb), ...createRedriveStore(table, dynamodb) },
  now: Date.now,
  log,
};

/** Providers whose silence raises an alarm; the variable is empty if there are none. */
const expected = (process.env["EXPECTED_PROVIDERS"] ?? "").split(",").filter(Boolean);

/** Last scan, reused while the function is warm, as it is with a schedule of one minute; a cold start scans again. */
let lastScan: DeadLetterScan | undefined;

/**
 * Runs every minute, when the processor sends a {@link PauseRequest}, and when `webhooks doctor` sends a {@link
 * CheckRequest}.
 */
export const handler: Handler<Partial<PauseRequest & CheckRequest>, BreakerCheck | undefined> = async (
  event,
) => {
  if (event.check) return check(ports);
  if (event.pause) {
    await pause(event.pause, ports);
    return undefined;
  }
  for (const provider of expected) log({ event: "provider.expected", provider });
  lastScan = await recover(ports, lastScan);
  if ((await ports.consumer.state()).pausedSince === undefined) await resume(ports);
  return undefined;
};
