import type * as pulumi from "@pulumi/pulumi";

/** A resource in the snapshot that a deployment of the API takes, with the inputs that determine the snapshot. */
export interface ApiPart {
  readonly resource: pulumi.Resource;
  readonly inputs: object;
}
