import { setTimeout as sleep } from "node:timers/promises";
import type { SQSHandler } from "aws-lambda";
import { createBreakerClient } from "../adapters/breaker";
import { createItems, createSqs, createStepFunctions } from "../adapters/clients";
import { environment } from "../adapters/environment";
import { createHeldStore } from "../adapters/held";
import { log } from "../adapters/log";
import { createPauseReader } from "../adapters/pauses";
import { createDeadLetterSender, receivedMessage, createQueueReceiver } from "../adapters/queue";
import { createFailureStore } from "../adapters/records";
import { HURRIED, signedCalls } from "../adapters/signed-calls";
import { createWorkflowClient } from "../adapters/workflow";
import { processBatch } from "../domain/process";

const sqs = createSqs();
const items = createItems();
const table = environment("TABLE_NAME");

const services = {
  workflow: createWorkflowClient(environment("STATE_MACHINE_ARN"), createStepFunctions()),
  queue: createQueueReceiver(environment("QUEUE_URL"), sqs),
  deadLetters: createDeadLetterSender(environment("DLQ_URL"), sqs),
  records: createFailureStore(table, items),
  pauses: createPauseReader(table, items),
  held: createHeldStore(table, items),
  breaker: createBreakerClient(environment("RECOVER_FUNCTION_NAME"), signedCalls(HURRIED)),
  maxReceiveCount: Number(environment("MAX_RECEIVE_COUNT")),
  sleep: (milliseconds: number) => sleep(milliseconds),
  log,
};

export const handler: SQSHandler = async (event, context) => {
  const unprocessed = await processBatch(event.Records.map(receivedMessage), {
    ...services,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  return { batchItemFailures: unprocessed.map((itemIdentifier) => ({ itemIdentifier })) };
};
