import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming";

/**
 * Tags every resource of a component that supports tags with Environment and Service; its own tags take precedence. The
 * generated classes have a property `tagsAll` exactly if the resource supports tags. This is a transformation and not a
 * provider with default tags, since a stack may use the default provider: only that one gets `aws:profile` and
 * `aws:assumeRoles` of the configuration.
 */
export function tagging({ serviceName, environmentSuffix }: Naming): pulumi.ResourceTransformation {
  const tags = { Environment: environmentSuffix, Service: serviceName };
  return ({ props, opts }) => {
    if (!("tagsAll" in props)) return undefined;
    return {
      props: { ...props, tags: pulumi.output(props["tags"]).apply((own) => ({ ...tags, ...own })) },
      opts,
    };
  };
}
