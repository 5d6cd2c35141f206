import * as pulumi from "@pulumi/pulumi";
import { allAliases } from "@pulumi/pulumi/resource";

type Internal = pulumi.Resource & {
  readonly __aliases: pulumi.Input<pulumi.URN>[];
  readonly __name: string;
  readonly __pulumiType: string;
  readonly __parentResource?: Internal;
};

/**
 * Returns the URN of a resource in a stack's state, which consists of the types of its parents and its own, and its
 * name.
 */
export function urnOf(type: string, name: string, parent: pulumi.Resource | undefined): string {
  const types = [type];
  for (let at = parent as Internal | undefined; at?.__parentResource; at = at.__parentResource)
    types.unshift(at.__pulumiType);
  return `urn:pulumi:dev::webhook-inbox::${types.join("$")}::${name}`;
}

/** Returns the earlier URNs that Pulumi also accepts for a resource. */
export function aliasUrns(
  type: string,
  name: string,
  parent: pulumi.Resource | undefined,
  aliases: pulumi.CustomResourceOptions["aliases"] = [],
): pulumi.Output<string[]> {
  return pulumi.all(aliasesOf(aliases as [], name, type, parent as Internal | undefined));
}

/** Returns a resource's own aliases and those that it inherits from its parents, by Pulumi's rules. */
function aliasesOf(
  aliases: (pulumi.URN | pulumi.Alias)[],
  name: string,
  type: string,
  parent: Internal | undefined,
): pulumi.Output<string>[] {
  if (!parent) return aliases.map((alias) => pulumi.output(alias as string));
  const { __name, __pulumiType, __aliases, __parentResource } = parent;
  const ofParent = aliasesOf(__aliases as string[], __name, __pulumiType, __parentResource);
  const withThem = Object.assign(Object.create(parent) as Internal, { __aliases: ofParent });
  return allAliases(aliases, name, type, withThem, __name);
}
