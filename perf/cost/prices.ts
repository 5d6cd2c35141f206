/** A list price of us-east-1 in dollars, without free tier, and where it was read. */
export interface Price {
  readonly dollars: number;
  /** Unit that the price is for. */
  readonly per: string;
  readonly source: string;
  /** When the source was written or read. */
  readonly date: string;
}

const price = (dollars: number, per: string, source: string, date: string): Price => ({
  dollars,
  per,
  source,
  date,
});

const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const S3 = "https://aws.amazon.com/s3/pricing/";
const SFN = "https://aws.amazon.com/step-functions/pricing/";
const LOGS = "https://aws.amazon.com/cloudwatch/pricing/";
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/";
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";

/**
 * Bytes that CloudWatch Logs adds to each event.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
export const LOG_EVENT_OVERHEAD_BYTES = 26;

/** List prices; check them against their sources before you base a decision on them. */
export const PRICES = {
  apiRequest: price(3.5, "million requests", "https://aws.amazon.com/api-gateway/pricing/", "2026-11"),
  lambdaRequest: price(0.2, "million requests", LAMBDA, "2026-03"),
  lambdaArmSecond: price(0.0000133334, "GB-second", LAMBDA, "2026-03"),
  s3Get: price(0.4, "million requests", S3, "2026-11"),
  s3Put: price(5, "million requests", S3, "2026-11"),
  s3Month: price(0.023, "GB and month", S3, "2026-11"),
  s3ToGlacier: price(30, "million transitions", S3, "2026-11"),
  dynamodbWrite: price(0.625, "million write units", DYNAMODB, "2026-08"),
  dynamodbMonth: price(0.25, "GB and month", DYNAMODB, "2026-08"),
  dynamodbRead: price(0.125, "million read units", DYNAMODB, "2026-08"),
  sqsFifoRequest: price(0.5, "million requests of 64 KB", "https://aws.amazon.com/sqs/pricing/", "2026-06"),
  expressRequest: price(1, "million executions", SFN, "2026-03"),
  expressSecond: price(0.00001667, "GB-second", SFN, "2026-03"),
  event: price(1, "million events of 64 KB", EVENTBRIDGE, "2026-03"),
  apiDestination: price(0.2, "million calls", EVENTBRIDGE, "2026-03"),
  logGigabyte: price(0.5, "GB", LOGS, "2025-05"),
  alarm: price(0.1, "alarm and month", LOGS, "2026-05"),
  metric: price(0.3, "custom metric and month", LOGS, "2026-05"),
  dashboard: price(3, "dashboard and month", LOGS, "2026-05"),
  secret: price(0.4, "secret and month", "https://aws.amazon.com/secrets-manager/pricing/", "2026-05"),
  trace: price(5, "million traces", "https://aws.amazon.com/xray/pricing/", "2026-11"),
} as const;
