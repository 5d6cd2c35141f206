import { metricsOf } from "./metrics";
import { traceId } from "./trace";

/** One structured line, with the trace it belongs to and the metrics that CloudWatch takes from it. */
export function log(line: Readonly<Record<string, unknown>>): void {
  const header = typeof line["trace"] === "string" ? line["trace"] : undefined;
  const metrics = metricsOf(line, process.env["METRIC_NAMESPACE"], Date.now());
  console.log(JSON.stringify({ ...line, trace: traceId(header), ...metrics }));
}
