import { setTimeout as sleep } from "node:timers/promises";
import type { SQSHandler } from "aws-lambda";
import { breakerAt } from "../adapters/breaker";
import { createDynamoDB, createSqs, createStepFunctions } from "../adapters/clients";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { deadLettersIn, receivedMessage, receiverOf } from "../adapters/queue";
import { failuresIn } from "../adapters/records";
import { signedCalls } from "../adapters/signed-calls";
import { workflowAt } from "../adapters/workflow";
import { processBatch } from "../domain/process";

const sqs = createSqs();

const services = {
  workflow: workflowAt(environment("STATE_MACHINE_ARN"), createStepFunctions()),
  queue: receiverOf(environment("QUEUE_URL"), sqs),
  deadLetters: deadLettersIn(environment("DLQ_URL"), sqs),
  records: failuresIn(environment("TABLE_NAME"), createDynamoDB()),
  breaker: breakerAt(environment("RECOVER_FUNCTION_NAME"), signedCalls()),
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
