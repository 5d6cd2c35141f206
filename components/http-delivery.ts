import * as aws from "@pulumi/aws";
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
  /** As configured. */
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
  /** Days until what is known of a delivery expires. */
  readonly recordRetentionDays: number;
  /** Days that its log is kept. */
  readonly logRetentionDays: number;
}

/**
 * Calls a consumer with each event of its queue. A function of its own, so that its role reads no secret but the
 * consumer's, and a slow consumer holds up no other.
 */
export class HttpDelivery extends pulumi.ComponentResource {
  /** UUID of the event source mapping through which it reads the queue. */
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
        // One at a time: a group that waits holds up no other that came with it.
        batchSize: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrency },
      },
      // `webhooks consumers pause` and an answer of 410 disable it: `pulumi up --refresh` would see drift, and resume it.
      { parent: this, dependsOn: fn.ready, ignoreChanges: ["enabled"] },
    );
    // A consumer that answers 410 is paused. A policy of its own, since the mapping is there after the function.
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
          // Without it S3 answers 403 and not 404 for an object that has expired, which would be tried again for ever.
          // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
          { Sid: "KnowMissing", Action: "s3:ListBucket", Resource: bucket.bucketArn },
        ]
      : []),
    // Listing takes no resource.
    { Sid: "FindMapping", Action: "lambda:ListEventSourceMappings", Resource: "*" },
    ...secretPermissions(location, [http.secret]),
  ];
}
