import * as pulumi from "@pulumi/pulumi";

/** Most characters that AWS takes in a name, for what this program creates. */
const limits = {
  bucket: 63,
  function: 64,
  queue: 80,
  role: 64,
  rule: 64,
  stateMachine: 80,
} as const;

/** What a name is for, where AWS limits its length more than this program's other limits do. */
export type Named = keyof typeof limits;

/** Makes all physical names of one environment: `<serviceName>-<part>-<environmentSuffix>`. */
export class PhysicalNames {
  constructor(
    readonly serviceName: string,
    readonly environmentSuffix: string,
  ) {}

  /** @throws RangeError where the name is longer than AWS takes */
  name(part: string, kind?: Named): string {
    return withinLimit(`${this.serviceName}-${part}-${this.environmentSuffix}`, kind);
  }

  /** Name of a FIFO queue, which SQS tells by its ending. */
  fifoQueue(part: string): string {
    return withinLimit(`${this.name(part)}.fifo`, "queue");
  }

  /** Name of a bucket: unique among all accounts of AWS, therefore it ends in the account's id. */
  bucket(part: string, accountId: pulumi.Input<string>): pulumi.Output<string> {
    const name = withinLimit(this.name(part), "bucket", "-123456789012".length);
    return pulumi.interpolate`${name}-${accountId}`;
  }
}

function withinLimit(name: string, kind?: Named, reserved = 0): string {
  if (kind && name.length + reserved > limits[kind])
    throw new RangeError(
      `the name of the ${kind} "${name}" has ${name.length} characters, at most ${limits[kind] - reserved} are allowed`,
    );
  return name;
}
