import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { WebhookInbox } from "webhook-inbox";

/** URL of the service: `pulumi config set url https://shop.example.com/hooks/stripe`. */
const url = new pulumi.Config().require("url");

// The inbox calls the service as Stripe would, with the service's own secret.
const inbox = new WebhookInbox("inbox", {
  serviceName: "shop",
  providers: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/shop/stripe" } }],
  consumers: [
    {
      name: "billing",
      when: "provider = 'stripe'",
      http: { url, secret: { ssm: "/shop/billing" }, as: "original" },
    },
  ],
});

// Holds the balance, and a mark for each event that is included in it. The service needs dynamodb:PutItem and
// dynamodb:UpdateItem on it.
const table = new aws.dynamodb.Table("billing", {
  name: "shop-billing",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "pk",
  attributes: [{ name: "pk", type: "S" }],
  ttl: { attributeName: "expiresAt", enabled: true },
});

export = { ...inbox.outputs, table: table.name };
