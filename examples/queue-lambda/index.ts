import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import { join } from "node:path";
import { WebhookInbox } from "webhook-inbox";

/** Longest time that the function may take, in seconds. */
const TIMEOUT_SECONDS = 30;

// The consumer `billing` has a FIFO queue of its own, in which Stripe's payments arrive in order.
const inbox = new WebhookInbox("inbox", {
  serviceName: "shop",
  providers: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/shop/stripe" } }],
  consumers: [
    {
      name: "billing",
      when: "type = 'payment_intent.succeeded'",
      // AWS recommends six times the function's timeout.
      queue: { visibilityTimeoutSeconds: 6 * TIMEOUT_SECONDS },
    },
  ],
});
const { queueArn } = inbox.consumers.billing;

// Holds the balance, and a mark for each event that is included in it.
const table = new aws.dynamodb.Table("billing", {
  name: "shop-billing",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "pk",
  attributes: [{ name: "pk", type: "S" }],
  ttl: { attributeName: "expiresAt", enabled: true },
});

const role = new aws.iam.Role("billing", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const logs = new aws.iam.RolePolicyAttachment("billing-logs", {
  role: role.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
});
const may = new aws.iam.RolePolicy("billing", {
  role: role.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: queueArn,
      },
      // Reads payloads that are too large for an event.
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`${inbox.bucket.bucketArn}/raw/stripe/*`,
      },
      // Writes the event's mark and the balance in one transaction, which needs no action of its own.
      { Effect: "Allow", Action: ["dynamodb:PutItem", "dynamodb:UpdateItem"], Resource: table.arn },
    ],
  }),
});
const [bundle] = buildSync({
  entryPoints: [join(__dirname, "handler.ts")],
  bundle: true,
  platform: "node",
  target: "node24",
  write: false,
}).outputFiles;
const billing = new aws.lambda.Function(
  "billing",
  {
    name: "shop-billing",
    role: role.arn,
    runtime: "nodejs24.x",
    handler: "index.handler",
    timeout: TIMEOUT_SECONDS,
    memorySize: 256,
    environment: { variables: { TABLE: table.name } },
    code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(bundle?.text ?? "") }),
  },
  { dependsOn: [logs, may] },
);
new aws.lambda.EventSourceMapping("billing", {
  eventSourceArn: queueArn,
  functionName: billing.arn,
  // One message per batch: a failed message would count a receive for each message behind it in the batch, too.
  batchSize: 1,
  // Required: without it Lambda deletes failed messages.
  functionResponseTypes: ["ReportBatchItemFailures"],
});

export = inbox.outputs;
