import * as pulumi from "@pulumi/pulumi";
import type { Naming } from "./naming";

/**
 * Tags every resource of a component that can carry tags with Environment and Service; its own tags win.
 * The generated classes put `tagsAll` among their properties exactly if the resource has tags. Done by a
 * transformation and not by a provider with default tags, since a stack may use the default provider: `aws:profile`
 * and `aws:assumeRoles` of the configuration reach only that one.
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
