import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs, SecretRef } from "../config";
import { REJECTED_PREFIX } from "../functions/domain/rejected";
import { bundleFunction } from "./bundle";
import { metricNamespace, type Location } from "./naming";
import { NodeFunction } from "./node-function";
import type { RawPayloadBucket } from "./raw-payload-bucket";
import type { WebhookQueue } from "./webhook-queue";
import { learns, secretPermissions } from "./secret-permissions";
import type { WebhookTable } from "./webhook-table";
import { pick } from "./pick";

export interface IngestFunctionArgs extends Location {
  readonly table: WebhookTable;
  readonly bucket: RawPayloadBucket;
  readonly queue: WebhookQueue;
  readonly providers: readonly ProviderArgs[];
  /** Whether rejected requests are quarantined in the bucket. */
  readonly quarantine: boolean;
  /** Days until a webhook's record expires. */
  readonly recordRetentionDays: number;
  /**
   * Concurrent invocations that are reserved for the function and limit it; undefined: as many as the account has left.
   */
  readonly reservedConcurrency: pulumi.Input<number | undefined>;
  /** Days for which the function's log is kept. */
  readonly logRetentionDays: number;
}

/** Returns the environment of the code that accepts webhooks. */
export function ingestEnvironment(args: Omit<IngestFunctionArgs, "reservedConcurrency">) {
  return {
    METRIC_NAMESPACE: metricNamespace(args),
    TABLE_NAME: args.table.tableName,
    BUCKET_NAME: args.bucket.bucketName,
    QUEUE_URL: args.queue.queueUrl,
    RECORD_RETENTION_DAYS: String(args.recordRetentionDays),
    QUARANTINE: String(args.quarantine),
  };
}

/** Verifies the signature, stores the payload, claims the record, queues the message, answers. */
export class IngestFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  readonly invokeArn: pulumi.Output<string>;

  constructor(name: string, args: IngestFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:IngestFunction", name, {}, opts);
    const fn = new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: "ingest",
        description: "Verifies webhooks, stores them and queues them",
        code: bundleFunction(
          "functions/ingest/index.ts",
          { PROVIDERS: args.providers.map(known) },
          args.providers.map(({ scheme }) => scheme),
        ),
        environment: ingestEnvironment(args),
        permissions: [
          {
            Sid: "RawPayloads",
            // Allow deletion: a repeated payload of an erased webhook is removed again.
            Action: ["s3:PutObject", "s3:DeleteObject"],
            Resource: pulumi.interpolate`${args.bucket.bucketArn}/raw/*`,
          },
          ...(args.quarantine
            ? [
                {
                  Sid: "Quarantine",
                  Action: "s3:PutObject",
                  Resource: pulumi.interpolate`${args.bucket.bucketArn}/${REJECTED_PREFIX}*`,
                },
              ]
            : []),
          { Sid: "Records", Action: "dynamodb:UpdateItem", Resource: args.table.tableArn },
          { Sid: "Queue", Action: "sqs:SendMessage", Resource: args.queue.queueArn },
          ...secretPermissions(
            args,
            args.providers.flatMap(({ secret, verifyToken }) => [secret, verifyToken]),
          ),
        ],
        reservedConcurrency: args.reservedConcurrency,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    this.functionName = fn.functionName;
    this.functionArn = fn.functionArn;
    this.invokeArn = fn.invokeArn;
    this.registerOutputs(pick(this, "functionName", "functionArn", "invokeArn"));
  }
}

/** Returns a provider's settings for the function's code. */
function known(provider: ProviderArgs) {
  const {
    name,
    scheme,
    secret,
    verifyToken,
    url,
    orderingKey,
    duplicates,
    split,
    redact,
    allowUnsigned,
    allowedSourceRanges,
    throttle,
  } = provider;
  return {
    name,
    scheme,
    ...(secret && { secret: secretRefOf(secret) }),
    ...(secret && learns(secret) && { learnsSecret: true }),
    ...(allowUnsigned && { allowUnsigned }),
    ...(verifyToken && { verifyToken: secretRefOf(verifyToken) }),
    ...(url !== undefined && { url }),
    ...(orderingKey !== undefined && { orderingKey }),
    ...(throttle && { onlyAtItsPath: true }),
    ...(duplicates !== undefined && { duplicates }),
    ...(split && { split }),
    ...(redact && { redact }),
    ...(allowedSourceRanges && { allowedSourceRanges }),
  };
}

function secretRefOf(secret: SecretRef) {
  if (!("ssm" in secret)) return { secretsManager: secret.secretsManager };
  const { ssm, kmsKeyArn } = secret;
  return { ssm, ...(learns(secret) && kmsKeyArn !== undefined && { kmsKeyArn }) };
}
