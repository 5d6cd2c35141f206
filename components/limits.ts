/** Longest time that SQS keeps a message: 14 days, in seconds. Queues of what must not be lost keep it that long. */
export const MAX_RETENTION_SECONDS = 14 * 86_400;
