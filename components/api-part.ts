import type * as pulumi from "@pulumi/pulumi";

/** A resource that a deployment of the API takes a snapshot of, and the inputs that decide what the snapshot holds. */
export interface ApiPart {
  readonly resource: pulumi.Resource;
  readonly inputs: object;
}
