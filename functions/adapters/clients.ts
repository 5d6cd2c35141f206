import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";

/** Set if the functions run on an emulator: one endpoint for all services, without a name per service. */
const emulated = process.env["AWS_ENDPOINT_URL"] !== undefined;

/** Default time limit of a call, in milliseconds: three attempts of 2.5 s. */
export const CALL_TIMEOUT_MS = 7_500;

/** A call that hangs is given up early enough that its retries fit into what API Gateway waits for (29 s). */
const shortCalls = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
} as const;

/** Waits for a whole execution and never retries it: a name does not make Express executions idempotent. */
const workflowCalls = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 22_000, throwOnRequestTimeout: true },
} as const;

export const createS3 = () => new S3Client({ ...shortCalls, forcePathStyle: emulated });
export const createDynamoDB = () => new DynamoDBClient(shortCalls);
export const createSqs = () => new SQSClient({ ...shortCalls, useQueueUrlAsEndpoint: !emulated });
export const createStepFunctions = () => new SFNClient({ ...workflowCalls, disableHostPrefix: emulated });
