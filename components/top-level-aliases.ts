import * as pulumi from "@pulumi/pulumi";
import { WebhookInbox } from "./webhook-inbox";

/**
 * Gives the parts of an inbox, and so all that they contain, their URNs of before the component: then they stood at the
 * top of the program, by names of their own such as `queue`. Without it Pulumi would replace what an existing stack holds.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export const topLevelAliases: pulumi.ResourceTransformation = ({ name, props, opts }) => {
  if (!(opts.parent instanceof WebhookInbox)) return undefined;
  const earlier = name.replace(/^inbox-/, "");
  const aliases = [{ name: earlier, parent: pulumi.rootStackResource }];
  return { props, opts: pulumi.mergeOptions(opts, { aliases }) };
};
