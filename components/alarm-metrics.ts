import type * as pulumi from "@pulumi/pulumi";
import { metricNamespace } from "./naming";
import type { Stages } from "./stages";

/** A CloudWatch metric, with the statistic that combines its values within a period. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum";
}

export function queueMetric(arn: pulumi.Output<string>, metricName: string): Metric {
  return {
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: arn.apply((text) => text.split(":").at(-1) ?? "") },
    statistic: "Maximum",
  };
}

export function functionMetric(
  fn: { readonly functionName: pulumi.Output<string> },
  metricName: string,
): Metric {
  return {
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: fn.functionName },
    statistic: "Sum",
  };
}

/** Returns a custom metric of the inbox's functions. */
export function ownMetric(stages: Stages, metricName: string, dimensions: Metric["dimensions"]): Metric {
  return { namespace: metricNamespace(stages), metricName, dimensions, statistic: "Sum" };
}
