import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "../emulator";

/** What a resource type gives back: the physical id, and the outputs that Pulumi would read from AWS. */
export interface Created {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Inputs of a resource, resolved. */
export type Inputs<Args> = pulumi.Unwrap<Args>;

/** Makes one resource in the emulator. @param logicalName its name in the program, of which {@link madeUpName} makes one */
export type Create = (inputs: never, logicalName: string) => Promise<Created>;

/** Resource types of one AWS service, by their Pulumi type tokens. */
export type Service = (emulator: Emulator) => Readonly<Record<string, Create>>;

/** Returns a physical name as Pulumi makes it up if the program gives none: the logical one and seven random characters. */
export function madeUpName(logicalName: string): string {
  return `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** Tags as AWS's older services take them. */
export function tagList(
  tags: Readonly<Record<string, string>> | undefined,
): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
