import type * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "../emulator";

/** What a resource type gives back: the physical id, and the outputs that Pulumi would read from AWS. */
export interface Created {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Inputs of a resource, resolved. */
export type Inputs<Args> = pulumi.Unwrap<Args>;

/** Makes one resource in the emulator. */
export type Create = (inputs: never) => Promise<Created>;

/** Resource types of one AWS service, by their Pulumi type tokens. */
export type Service = (emulator: Emulator) => Readonly<Record<string, Create>>;

/** Tags as AWS's older services take them. */
export function tagList(
  tags: Readonly<Record<string, string>> | undefined,
): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
