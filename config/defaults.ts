import type { WebhookInboxArgs } from "./arguments";

/** Default values of the arguments, which are defined only here. */
export const DEFAULTS = {
  serviceName: "webhook-inbox",
  throttleBurstLimit: 5_000,
  throttleRateLimit: 10_000,
  logRetentionDays: 7,
  glacierAfterDays: 30,
  archiveSmallPayloads: false,
  recordRetentionDays: 90,
  executionLogLevel: "ALL",
  executionLogData: false,
  eventLogData: false,
  quarantine: true,
  protect: true,
  pointInTimeRecovery: false,
  detailedMetrics: false,
  consumers: [],
} satisfies Partial<WebhookInboxArgs>;
