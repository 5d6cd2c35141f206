import type * as pulumi from "@pulumi/pulumi";

/** Gives every role of a component a permissions boundary. @param permissionsBoundary ARN of the managed policy */
export function bounding(permissionsBoundary: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) =>
    type === "aws:iam/role:Role" ? { props: { ...props, permissionsBoundary }, opts } : undefined;
}
