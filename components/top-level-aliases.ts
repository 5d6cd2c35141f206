import * as pulumi from "@pulumi/pulumi";
import { WebhookInbox } from "./webhook-inbox";

/**
 * Gives the parts of an inbox, and so all their resources, the URNs that they had before the component existed: at the
 * top level of the program, with names such as `queue`. Without these aliases Pulumi would replace the resources of an
 * existing stack.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export const topLevelAliases: pulumi.ResourceTransformation = ({ name, props, opts }) => {
  if (!(opts.parent instanceof WebhookInbox)) return undefined;
  const earlier = name.replace(/^inbox-/, "");
  const aliases = [{ name: earlier, parent: pulumi.rootStackResource }];
  return { props, opts: pulumi.mergeOptions(opts, { aliases }) };
};
