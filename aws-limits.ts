/** Longest time that SQS keeps a message: 14 days, in seconds. Queues of what must not be lost keep it that long. */
export const MAX_RETENTION_SECONDS = 14 * 86_400;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html */
export const EXECUTION_LOG_LEVELS = ["ALL", "ERROR", "FATAL", "OFF"] as const;
export type ExecutionLogLevel = (typeof EXECUTION_LOG_LEVELS)[number];

/** Periods that CloudWatch Logs knows, in days. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * What API Gateway gives a whole account and Region in requests; a stage cannot usefully have more.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const MAX_BURST = 5_000;
export const MAX_RATE = 10_000;

/**
 * What AWS keeps for functions without a reservation. Accounts whose limit is smaller, as that of new ones is, can
 * reserve nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export const MIN_UNRESERVED_CONCURRENCY = 100;

/** Limits of an event source mapping. @see https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html */
export const LEAST_MAXIMUM = 2;
export const MOST_MAXIMUM = 1_000;
