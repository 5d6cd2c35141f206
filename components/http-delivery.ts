import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import type { HttpConsumerArgs, ProviderArgs } from "../config";
import { withHttpDefaults } from "../config/http-consumer";
import { STANDARD_WEBHOOKS } from "../functions/domain/consumer-request";
import { bundleFunction } from "./bundle";
import { metricNamespace, type Location } from "./naming";
import { NodeFunction } from "./node-function";
import { policy, type Statement } from "./policy";
import type { RawPayloadBucket } from "./raw-payload-bucket";
import { secretPermissions } from "./secret-permissions";
import type { WebhookTable } from "./webhook-table";
import { handlesMessages } from "./policy";

/** The consumer that is called, and its queues. */
interface CalledConsumer {
  /** Name in the configuration. */
  readonly consumerName: string;
  readonly queueUrl: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;
  readonly deadLetterQueueArn: pulumi.Output<string>;
}

export interface HttpDeliveryArgs extends Location {
  readonly consumer: CalledConsumer;
  readonly http: HttpConsumerArgs;
  readonly table: WebhookTable;
  readonly bucket: RawPayloadBucket;
  readonly providers: readonly ProviderArgs[];
  /** Days until the state of a delivery expires. */
  readonly recordRetentionDays: number;
  /** Days for which the function's log is kept. */
  readonly logRetentionDays: number;
}

/**
 * Calls a consumer with each event of its queue. Each consumer has its own function, so that the function's role can
 * read only this consumer's secret, and a slow consumer delays no other.
 */
export class HttpDelivery extends pulumi.ComponentResource {
  /** UUID of the event source mapping through which the function reads the queue. */
  readonly mappingUuid: pulumi.Output<string>;

  constructor(name: string, args: HttpDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:HttpDelivery", name, {}, opts);
    const { consumer } = args;
    const { concurrency } = withHttpDefaults(args.http);
    const fn = this.createFunction(name, args);
    const mapping = new aws.lambda.EventSourceMapping(
      `${name}-queue`,
      {
        eventSourceArn: consumer.queueArn,
        functionName: fn.functionArn,
        // Receive one message at a time, so that a waiting group does not delay others of the same batch.
        batchSize: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrency },
      },
      // Ignore `enabled`, which `webhooks consumers pause` and an answer of 410 set to false: `pulumi up --refresh`
      // would see drift and resume it.
      { parent: this, dependsOn: fn.ready, ignoreChanges: ["enabled"] },
    );
    // Allow the function to pause its consumer after an answer of 410. This takes a separate policy, since the mapping
    // is created after the function.
    new aws.iam.RolePolicy(
      `${name}-pause`,
      {
        role: fn.roleName,
        policy: policy({ Sid: "Pause", Action: "lambda:UpdateEventSourceMapping", Resource: mapping.arn }),
      },
      { parent: this },
    );
    this.mappingUuid = mapping.uuid;
    this.registerOutputs({ mappingUuid: this.mappingUuid });
  }

  private createFunction(name: string, args: HttpDeliveryArgs): NodeFunction {
    const { consumer, providers } = args;
    const http = withHttpDefaults(args.http);
    const { url, as, secret, rate, timeoutSeconds, maxAttempts, onFailure } = http;
    const isOriginal = as === "original";
    return new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: `deliver-${consumer.consumerName}`,
        description: `Calls the consumer ${consumer.consumerName} with each event`,
        code: bundleFunction(
          "functions/deliver/index.ts",
          {
            CONSUMER: {
              name: consumer.consumerName,
              ...{ url, as, secret, rate, maxAttempts, onFailure },
              timeoutMs: timeoutSeconds * 1_000,
              schemes: isOriginal
                ? Object.fromEntries(providers.map((provider) => [provider.name, provider.scheme]))
                : {},
            },
          },
          isOriginal ? providers.map(({ scheme }) => scheme) : [STANDARD_WEBHOOKS],
        ),
        environment: {
          METRIC_NAMESPACE: metricNamespace(args),
          TABLE_NAME: args.table.tableName,
          BUCKET_NAME: args.bucket.bucketName,
          QUEUE_URL: consumer.queueUrl,
          DLQ_URL: consumer.deadLetterQueueUrl,
          RECORD_RETENTION_DAYS: String(args.recordRetentionDays),
        },
        permissions: permissionsOf(args),
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }
}

function permissionsOf({ consumer, http, table, bucket, ...location }: HttpDeliveryArgs): Statement[] {
  return [
    ...handlesMessages(consumer),
    {
      Sid: "Deliveries",
      Action: [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        ...(http.rate === undefined ? [] : ["dynamodb:UpdateItem"]),
      ],
      Resource: table.tableArn,
    },
    ...(http.as === "original"
      ? [
          {
            Sid: "RawPayloads",
            Action: "s3:GetObject",
            Resource: pulumi.interpolate`${bucket.bucketArn}/raw/*`,
          },
          // Allow listing, without which S3 answers 403 instead of 404 for an expired object, and the delivery would be
          // retried for ever.
          // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
          { Sid: "KnowMissing", Action: "s3:ListBucket", Resource: bucket.bucketArn },
        ]
      : []),
    // Use `*`, since listing supports no resource.
    { Sid: "FindMapping", Action: "lambda:ListEventSourceMappings", Resource: "*" },
    ...secretPermissions(location, [http.secret]),
  ];
}
