import { z } from "zod";
import { didYouMean, listed } from "../did-you-mean";
import type { OwnScheme } from "../providers";
import { UsageError } from "./errors";

const secretRef = z.union([
  z.object({ ssm: z.string(), kmsKeyArn: z.string().optional() }),
  z.object({ secretsManager: z.string(), kmsKeyArn: z.string().optional() }),
]);

/** A configured provider, as the stack's output `providers` describes it. */
const stackProvider = z.object({
  name: z.string(),
  /** Id of a built-in scheme, or a scheme of the user's own, which the deployment has checked. */
  scheme: z.union([z.string(), z.custom<OwnScheme>((value) => typeof value === "object" && value !== null)]),
  orderingKey: z.string().optional(),
  split: z.boolean().optional(),
  redact: z.array(z.string()).optional(),
  /**
   * URL that the provider signs; absent if none is configured, or if it contains credentials. A quarantined request has
   * its own.
   */
  url: z.string().optional(),
  duplicates: z.literal("body").optional(),
  allowedSourceRanges: z.array(z.string()).optional(),
  /** Where the secret is stored; absent if the provider signs nothing. */
  secret: secretRef.optional(),
  /** Settings of the scheduled comparison of the provider's events with the records; absent if there is no schedule. */
  reconcile: z
    .object({
      settings: z.looseObject({ api: z.enum(["stripe", "github", "shopify", "svix"]) }),
      apiKey: secretRef,
      every_seconds: z.number(),
      settle_seconds: z.number(),
    })
    .optional(),
});

/** A consumer, as the stack's output `consumer_queues` describes it. */
const stackConsumer = z.object({
  kind: z.string(),
  when: z.string().optional(),
  queue_url: z.string(),
  queue_arn: z.string(),
  dlq_url: z.string(),
  dlq_arn: z.string(),
  mapping_uuid: z.string().optional(),
});

/** Schema of the stack outputs that are read. */
export const outputs = z.object({
  api_endpoint: z.string(),
  kms_key_arn: z.string().optional(),
  dynamodb_table_name: z.string(),
  s3_bucket_name: z.string(),
  sqs_queue_url: z.string(),
  dlq_url: z.string(),
  eventbridge_bus_arn: z.string(),
  event_log_group_name: z.string(),
  state_machine_arn: z.string(),
  workflow_log_group_name: z.string(),
  ingestion_function_name: z.string(),
  processing_function_name: z.string(),
  /** This and the queue of undelivered events are missing in stacks that were deployed before `webhooks doctor`. */
  recovery_function_name: z.string().optional(),
  undelivered_queue_url: z.string().optional(),
  /** Absent in such stacks, and if no provider has `reconcile`. */
  reconciliation_function_name: z.string().optional(),
  throttle_burst_limit: z.number().optional(),
  throttle_rate_limit: z.number().optional(),
  /** Days that records are kept. Needed for rejected requests only, which stacks without this output do not keep. */
  record_retention_days: z.number().default(90),
  metric_namespace: z.string(),
  alarm_names: z.array(z.string()).default([]),
  providers: z.array(stackProvider).default([]),
  consumer_queues: z.record(z.string(), stackConsumer).default({}),
});

/** The stack outputs that the command line and the console use. */
export type Outputs = z.infer<typeof outputs>;

export type StackProvider = z.infer<typeof stackProvider>;
export type StackConsumer = z.infer<typeof stackConsumer>;

/** Outputs of a stack of this version, which include the limits of its throttle. */
export interface StackOutputs extends Outputs {
  readonly throttle_burst_limit: number;
  readonly throttle_rate_limit: number;
  readonly provider_throttle_limits: Readonly<
    Record<string, { readonly burst: number; readonly rate: number }>
  >;
}

/** Returns the provider of this name; undefined if the stack no longer has it. */
export function providerNamed(
  name: string,
  { providers }: Pick<Outputs, "providers">,
): StackProvider | undefined {
  return providers.find((provider) => provider.name === name);
}

/** Returns the error for a name that no provider of a stack has. @param names names of the stack's providers */
export function unknownProvider(name: string, names: readonly string[]): UsageError {
  const known = listed(names, "the stack's output providers") || "none";
  return new UsageError(`The stack has no provider ${name}.${didYouMean(name, names)} It has ${known}.`);
}

/** Returns the consumer of this name. @throws UsageError if the stack has none */
export function consumerNamed(
  name: string,
  { consumer_queues: consumers }: Pick<Outputs, "consumer_queues">,
): StackConsumer {
  const consumer = Object.hasOwn(consumers, name) ? consumers[name] : undefined;
  if (consumer) return consumer;
  const names = Object.keys(consumers);
  const known = listed(names, "the stack's output consumer_queues") || "none";
  throw new UsageError(`The stack has no consumer ${name}.${didYouMean(name, names)} It has ${known}.`);
}

/** Returns the name of the bus. */
export function busName({ eventbridge_bus_arn: arn }: Pick<Outputs, "eventbridge_bus_arn">): string {
  return arn.split("/").at(-1) ?? "";
}

/** Returns the stack's own Region, whatever the environment says. @throws UsageError if the output is no ARN */
export function regionOf({ eventbridge_bus_arn: arn }: Pick<Outputs, "eventbridge_bus_arn">): string {
  const region = arn.split(":")[3];
  if (!region) throw new UsageError(`The output eventbridge_bus_arn (${arn}) is not an ARN.`);
  return region;
}
