import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, WebhookInbox } from "webhook-inbox";

const inbox = new WebhookInbox("inbox", {
  serviceName: "shop",
  providers: [
    { name: "stripe", scheme: "stripe", secret: { ssm: "/shop/stripe" } },
    { name: "github", scheme: "github", secret: { ssm: "/shop/github" } },
  ],
});

// A Lambda function of your own. It receives an event as EventBridge has it; the provider's payload is `event.detail.data`.
const role = new aws.iam.Role("payments", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const logs = new aws.iam.RolePolicyAttachment("payments-logs", {
  role: role.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
});
const payments = new aws.lambda.Function(
  "payments",
  {
    name: "shop-payments",
    role: role.arn,
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset(
        "exports.handler = async (event) => console.log(event['detail-type'], event.detail.data.id);",
      ),
    }),
  },
  { dependsOn: logs },
);

// A rule on the inbox's bus forwards Stripe's payments.
const rule = new aws.cloudwatch.EventRule("payments", {
  name: "shop-payments",
  eventBusName: inbox.bus.busName,
  eventPattern: JSON.stringify({
    source: [eventSource("stripe")],
    "detail-type": ["payment_intent.succeeded"],
  }),
});
const permission = new aws.lambda.Permission("payments", {
  action: "lambda:InvokeFunction",
  function: payments.name,
  principal: "events.amazonaws.com",
  sourceArn: rule.arn,
});
new aws.cloudwatch.EventTarget(
  "payments",
  {
    eventBusName: inbox.bus.busName,
    rule: rule.name,
    arn: payments.arn,
    // Events that the function does not accept are kept in this queue, and raise an alarm.
    deadLetterConfig: { arn: inbox.bus.undeliveredQueueArn },
  },
  { dependsOn: permission },
);

// `webhooks` finds the inbox by these outputs: `npx webhooks doctor --stack dev`.
export = inbox.outputs;
