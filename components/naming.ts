import type * as pulumi from "@pulumi/pulumi";

/** What begins and ends every physical name. */
export interface Naming {
  readonly serviceName: string;
  readonly environmentSuffix: string;
}

/** Where an inbox is, and how what belongs to it is named. */
export interface Location extends Naming {
  /** Partition of the account, such as `aws` or `aws-us-gov`: part of every ARN. */
  readonly partition: pulumi.Input<string>;
  /** Account that owns the inbox, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  /** What AWS's host names end with in this partition, such as `amazonaws.com`. */
  readonly dnsSuffix: pulumi.Input<string>;
}

/** Shortest limit of most names made here: IAM roles, functions and rules take 64 characters, queues and state machines 80. */
const MAX_LENGTH = 64;

/** Part of the recovery function's physical name; the processing function invokes it by that. */
export const RECOVER_PART = "recover";

/**
 * Physical name of a part: `<service>-<part>-<suffix>`. Names are fixed and not random, so that logs, alarms and people
 * find them, and so that a policy can name a resource before it exists.
 * @param maxLength characters that AWS takes in such a name
 * @throws {RangeError} if the result is longer than AWS takes
 */
export function physicalName(
  { serviceName, environmentSuffix }: Naming,
  part: string,
  maxLength = MAX_LENGTH,
): string {
  const name = `${serviceName}-${part}-${environmentSuffix}`;
  if (name.length > maxLength) {
    throw new RangeError(`the name ${name} has ${name.length} characters; AWS takes ${maxLength}`);
  }
  return name;
}

/** CloudWatch namespace of the metrics that an inbox's functions count. */
export function metricNamespace({ serviceName, environmentSuffix }: Naming): string {
  return `${serviceName}-${environmentSuffix}`;
}
