import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, WebhookInbox } from "webhook-inbox";

const inbox = new WebhookInbox("inbox", {
  serviceName: "shop",
  providers: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/shop/stripe" } }],
});

// Resources with this provider are created in the other account, by one of its roles. They can also be a separate
// program.
const roleArn = new pulumi.Config().require("consumerRoleArn");
const region = aws.getRegionOutput().region;
const provider = new aws.Provider("consumer", { region, assumeRoles: [{ roleArn }] });
const inOtherAccount = { provider };
const here = aws.getCallerIdentityOutput().accountId;

// The bus of the other account. The inbox's account may put Stripe's events on it, and nothing else.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-cross-account-custom-bus-source.html
const otherBus = new aws.cloudwatch.EventBus("webhooks", { name: "webhooks" }, inOtherAccount);
const acceptance = new aws.cloudwatch.EventBusPolicy(
  "webhooks",
  {
    eventBusName: otherBus.name,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Inbox",
          Effect: "Allow",
          Principal: { AWS: pulumi.interpolate`arn:aws:iam::${here}:root` },
          Action: "events:PutEvents",
          Resource: otherBus.arn,
          Condition: { "ForAllValues:StringEquals": { "events:source": [eventSource("stripe")] } },
        },
      ],
    }),
  },
  inOtherAccount,
);

// A rule on the inbox's bus forwards Stripe's events. A target in another account needs a role of this account.
const forwarder = new aws.iam.Role("forwarder", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "events.amazonaws.com" }),
});
const mayForward = new aws.iam.RolePolicy("forwarder", {
  role: forwarder.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "events:PutEvents", Resource: otherBus.arn }],
  }),
});
const rule = new aws.cloudwatch.EventRule("stripe", {
  eventBusName: inbox.bus.busName,
  eventPattern: JSON.stringify({ source: [eventSource("stripe")] }),
});
new aws.cloudwatch.EventTarget(
  "stripe",
  {
    eventBusName: inbox.bus.busName,
    rule: rule.name,
    arn: otherBus.arn,
    roleArn: forwarder.arn,
    // Events that the other account does not accept are kept in this queue, and raise an alarm.
    deadLetterConfig: { arn: inbox.bus.undeliveredQueueArn },
  },
  { dependsOn: [mayForward, acceptance] },
);

// The consumer in the other account: here a queue, behind a rule of that account's bus.
const queue = new aws.sqs.Queue("stripe", { messageRetentionSeconds: 14 * 86_400 }, inOtherAccount);
const otherRule = new aws.cloudwatch.EventRule(
  "stripe-queue",
  { eventBusName: otherBus.name, eventPattern: JSON.stringify({ source: [eventSource("stripe")] }) },
  inOtherAccount,
);
const maySend = new aws.sqs.QueuePolicy(
  "stripe-queue",
  {
    queueUrl: queue.url,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": otherRule.arn } },
        },
      ],
    }),
  },
  inOtherAccount,
);
new aws.cloudwatch.EventTarget(
  "stripe-queue",
  { eventBusName: otherBus.name, rule: otherRule.name, arn: queue.arn },
  { ...inOtherAccount, dependsOn: maySend },
);

// The role that the consumer assumes to read large payloads: pass a client with it to `payloadOf(event, { s3 })`.
const payloads = new aws.iam.Role("payloads", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: aws.getCallerIdentityOutput({}, inOtherAccount).accountId },
        Action: "sts:AssumeRole",
      },
    ],
  }),
});
new aws.iam.RolePolicy("payloads", {
  role: payloads.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`${inbox.bucket.bucketArn}/raw/stripe/*`,
      },
    ],
  }),
});

// Adds to the inbox's own outputs, by which `webhooks` finds the inbox.
export = { ...inbox.outputs, consumer_queue_url: queue.url, payloads_role_arn: payloads.arn };
