/** One provider's traffic. */
export interface Traffic {
  readonly provider: string;
  /** Webhooks per second, on average. */
  readonly rate: number;
  /** Peak over average: 1 comes evenly (at random), 5 comes in bursts of a second at five times the rate. */
  readonly burstiness: number;
  /** Values of the ordering key; 1 orders by the provider alone. */
  readonly entities: number;
  /** Exponent of Zipf's law over the entities: 0 all alike, 1 a few have most. */
  readonly skew: number;
  /** The path's own throttle, where it has one. */
  readonly throttle?: { readonly burst: number; readonly rate: number };
}

/** A rate per second, with what may be taken at once. */
export interface Quota {
  readonly rate: number;
  readonly burst: number;
  /** What to do where it binds. */
  readonly raise: string;
}

/** The deployed path in numbers. Times in seconds. */
export interface Platform {
  readonly name: string;
  readonly quotas: Readonly<Record<QuotaName, Quota>>;
  /** Environments of functions that the account runs at once. */
  readonly concurrency: { readonly most: number; readonly raise: string };
  readonly coldStartSeconds: number;
  /** An environment that nobody needed for so long is gone. */
  readonly idleSeconds: number;
  readonly ingestSeconds: number;
  /** From the end of a batch until the next of the group is taken off the queue. */
  readonly gapSeconds: number;
  /** A batch of n takes `perBatch + n * perWebhook`. */
  readonly processSeconds: { readonly perBatch: number; readonly perWebhook: number };
  readonly batchSize: number;
  /** Groups that are processed at once: on AWS each by itself, in the emulator one batch for the whole queue. */
  readonly batchesAtOnce: number;
  /** Seconds that a times vary by, as a share, exponentially distributed. */
  readonly jitter: number;
}

export const QUOTAS = [
  "API Gateway, account",
  "SQS, sends per group",
  "DynamoDB, write units",
  "Step Functions, starts",
  "EventBridge, PutEvents",
] as const;
export type QuotaName = (typeof QUOTAS)[number];

/**
 * What is written to DynamoDB: a unit for the claim, two for a webhook in the transaction and two for its group's item, once in
 * a batch. `npm run cost` counts them.
 */
export const WRITE_UNITS = { claim: 1, status: 2, group: 2 };

/**
 * us-east-1 with default quotas. Times are estimates: those of the services are the ones that `npm run bench` injects, and
 * nothing here was measured on AWS.
 */
export const AWS: Platform = {
  name: "AWS, us-east-1, default quotas",
  quotas: {
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    "API Gateway, account": { rate: 10_000, burst: 5_000, raise: "the account's throttle (AWS Support)" },
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    "SQS, sends per group": {
      rate: 300,
      burst: 300,
      raise: "an orderingKey: a group is one partition at most",
    },
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    "DynamoDB, write units": {
      rate: 4_000,
      burst: 4_000,
      raise: "the table's warm throughput: a new table takes 4,000 write units/s",
    },
    // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (2022)
    "Step Functions, starts": { rate: 6_000, burst: 6_000, raise: "StartExecution for Express" },
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    "EventBridge, PutEvents": { rate: 10_000, burst: 10_000, raise: "PutEvents transactions per second" },
  },
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  concurrency: { most: 1_000, raise: "concurrent executions of functions" },
  coldStartSeconds: 0.6,
  idleSeconds: 300,
  ingestSeconds: 0.045,
  gapSeconds: 0.02,
  processSeconds: { perBatch: 0.11, perWebhook: 0.001 },
  batchSize: 10,
  batchesAtOnce: Infinity,
  jitter: 0.3,
};

/** The same after its quotas were raised for 10,000 webhooks/s of many entities, whose batches are mostly of one. */
export const AWS_RAISED: Platform = {
  ...AWS,
  name: "AWS, us-east-1, quotas raised",
  quotas: {
    ...AWS.quotas,
    "API Gateway, account": { ...AWS.quotas["API Gateway, account"], rate: 15_000 },
    "DynamoDB, write units": { ...AWS.quotas["DynamoDB, write units"], rate: 40_000, burst: 40_000 },
    "Step Functions, starts": { ...AWS.quotas["Step Functions, starts"], rate: 15_000, burst: 15_000 },
    "EventBridge, PutEvents": { ...AWS.quotas["EventBridge, PutEvents"], rate: 15_000, burst: 15_000 },
  },
  concurrency: { ...AWS.concurrency, most: 12_000 },
};
