/** Longest time that SQS keeps a message: 14 days, in seconds. Queues of what must not be lost keep it that long. */
export const MAX_RETENTION_SECONDS = 14 * 86_400;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html */
export const EXECUTION_LOG_LEVELS = ["ALL", "ERROR", "FATAL", "OFF"] as const;
export type ExecutionLogLevel = (typeof EXECUTION_LOG_LEVELS)[number];
