import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { RECENT_INDEX, UNRESOLVED_INDEX } from "../functions/adapters/indexes";
import { physicalName, type Naming } from "./naming";

export interface WebhookTableArgs extends Naming {
  /** Whether the table is protected from deletion: by Pulumi, and by AWS against all other tools. */
  readonly protect: boolean;
  /** Whether the table can be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
}

/** Returns the physical name of the table; known before the table exists. */
export function webhookTableName(naming: Naming): string {
  return physicalName(naming, "webhooks");
}

/** Creates the table: one item per webhook, with its status and outcome. */
export class WebhookTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;

  constructor(name: string, args: WebhookTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:WebhookTable", name, {}, opts);
    const table = new aws.dynamodb.Table(
      name,
      {
        name: webhookTableName(args),
        billingMode: "PAY_PER_REQUEST",
        // `<provider>#<event id>`: distributes over partitions by event id, even if one provider sends most webhooks.
        hashKey: "pk",
        attributes: ["pk", RECENT_INDEX, UNRESOLVED_INDEX, "receivedAt"].map((name) => ({ name, type: "S" })),
        // Each index is named after the attribute that holds its partition; see functions/adapters/indexes.ts.
        globalSecondaryIndexes: [RECENT_INDEX, UNRESOLVED_INDEX].map((index) => ({
          name: index,
          keySchemas: [
            { attributeName: index, keyType: "HASH" },
            { attributeName: "receivedAt", keyType: "RANGE" },
          ],
          projectionType: "KEYS_ONLY",
        })),
        ttl: { attributeName: "expiresAt", enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: args.protect,
        // Set it only if it is on, so that existing stacks show no change.
        ...(args.pointInTimeRecovery && { pointInTimeRecovery: { enabled: true } }),
      },
      { parent: this, protect: args.protect },
    );
    this.tableName = table.name;
    this.tableArn = table.arn;
    this.registerOutputs({ tableName: this.tableName, tableArn: this.tableArn });
  }
}
