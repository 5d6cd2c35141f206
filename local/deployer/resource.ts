import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "../emulator";

/** Result of creating a resource: its physical id, and the outputs that Pulumi would read from AWS. */
export interface Created {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Inputs of a resource, resolved. */
export type Inputs<Args> = pulumi.Unwrap<Args>;

/**
 * Creates one resource in the emulator.
 * @param logicalName name in the program, from which {@link madeUpName} derives a physical one
 */
export type Create = (inputs: never, logicalName: string) => Promise<Created>;

/** Resource types of one AWS service, by their Pulumi type tokens. */
export type Service = (emulator: Emulator) => Readonly<Record<string, Create>>;

/**
 * Returns a physical name like Pulumi's for a resource without a name: the logical name and seven random characters.
 */
export function madeUpName(logicalName: string): string {
  return `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** Returns tags in the form that AWS's older services take. */
export function tagList(
  tags: Readonly<Record<string, string>> | undefined,
): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
