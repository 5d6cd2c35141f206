import type * as pulumi from "@pulumi/pulumi";

/** First and last part of every physical name. */
export interface Naming {
  readonly serviceName: string;
  readonly environmentSuffix: string;
}

/** Location of an inbox, and the naming of its resources. */
export interface Location extends Naming {
  /** Partition of the account, such as `aws` or `aws-us-gov`; part of every ARN. */
  readonly partition: pulumi.Input<string>;
  /** Account that owns the inbox, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  /** Suffix of AWS's host names in this partition, such as `amazonaws.com`. */
  readonly dnsSuffix: pulumi.Input<string>;
}

/**
 * Maximum length of most names created here: IAM roles, functions and rules allow 64 characters, queues and state
 * machines 80.
 */
const MAX_LENGTH = 64;

/** Part of the recovery function's physical name, by which the processing function invokes it. */
export const RECOVER_PART = "recover";

/**
 * Returns the physical name of a part: `<service>-<part>-<suffix>`. Names are fixed and not random, so that logs,
 * alarms and people can find them, and so that a policy can name a resource before it exists.
 * @param maxLength maximum length of such a name in AWS
 * @throws {RangeError} if the result is longer
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

/** Returns the CloudWatch namespace of the custom metrics of an inbox's functions. */
export function metricNamespace({ serviceName, environmentSuffix }: Naming): string {
  return `${serviceName}-${environmentSuffix}`;
}
