import { z } from "zod";
import {
  EXECUTION_LOG_LEVELS,
  MIN_UNRESERVED_CONCURRENCY,
  LEAST_MAXIMUM,
  LOG_RETENTION_DAYS,
  MAX_BURST,
  MAX_RATE,
  MOST_MAXIMUM,
} from "../aws-limits";
import { consumer, MAX_CONSUMERS } from "./consumer";
import { domain, webAclArn } from "./domain";
import { impossibleOriginals } from "./http-consumer";
import { provider } from "./provider";
import { distinctNames, kmsKeyArn, text, trueOrFalse, wholeNumber } from "./values";

/** More than any account can reserve; components/concurrency.ts checks the limit of the actual account. */
const MOST_RESERVED = 100_000 - MIN_UNRESERVED_CONCURRENCY;

/** Shape of complete arguments; the messages say what is allowed. */
export const schema = z
  .strictObject({
    environmentSuffix: text(
      /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/,
      "allowed are 1 to 16 characters a-z, 0-9 and -, with no - at either end",
    ),
    serviceName: text(
      /^[a-z][a-z0-9-]{1,19}$/,
      "allowed are 2 to 20 characters a-z, 0-9 and -, the first a letter",
    ),
    throttleBurstLimit: wholeNumber(1, MAX_BURST),
    throttleRateLimit: wholeNumber(1, MAX_RATE),
    logRetentionDays: z
      .number(`allowed are ${LOG_RETENTION_DAYS.join(", ")}`)
      .refine((days) => LOG_RETENTION_DAYS.includes(days), `allowed are ${LOG_RETENTION_DAYS.join(", ")}`),
    glacierAfterDays: wholeNumber(1, 3_650),
    archiveSmallPayloads: trueOrFalse,
    payloadRetentionDays: wholeNumber(1, 3_650).optional(),
    recordRetentionDays: wholeNumber(1, 3_650),
    executionLogLevel: z.enum(EXECUTION_LOG_LEVELS, `allowed are ${EXECUTION_LOG_LEVELS.join(", ")}`),
    executionLogData: trueOrFalse,
    eventLogData: trueOrFalse,
    quarantine: trueOrFalse,
    protect: trueOrFalse,
    pointInTimeRecovery: trueOrFalse,
    kmsKeyArn: kmsKeyArn.optional(),
    permissionsBoundaryArn: text(
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      "allowed is the ARN of a managed policy of IAM",
    ).optional(),
    domain: domain.optional(),
    webAclArn: webAclArn.optional(),
    detailedMetrics: trueOrFalse,
    ingestReservedConcurrency: wholeNumber(1, MOST_RESERVED).optional(),
    processReservedConcurrency: wholeNumber(LEAST_MAXIMUM, MOST_RESERVED).optional(),
    processMaximumConcurrency: wholeNumber(LEAST_MAXIMUM, MOST_MAXIMUM).optional(),
    alarmEmail: z.email("allowed is an e-mail address").optional(),
    alarmTopicArn: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      "allowed is the ARN of a standard topic of Amazon SNS; an alarm notifies no FIFO topic",
    ).optional(),
    providers: z.array(provider, "allowed is a list of providers").superRefine(distinctNames("provider")),
    consumers: z
      .array(consumer, "allowed is a list of consumers")
      .max(MAX_CONSUMERS, `allowed are at most ${MAX_CONSUMERS} consumers`)
      .superRefine(distinctNames("consumer")),
  })
  .superRefine(({ providers, consumers }, context) => {
    consumers.forEach((consumer, index) => {
      for (const message of impossibleOriginals(consumer, providers))
        context.addIssue({ code: "custom", path: ["consumers", index, "http", "as"], message });
    });
  });
