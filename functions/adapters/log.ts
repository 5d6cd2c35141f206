import type { LogLine } from "../domain/log-line";
import { metricsOf } from "./metrics";
import { traceId } from "./trace";

/**
 * Writes one structured line, with the trace it belongs to and the metrics that CloudWatch takes from it.
 * To stdout itself: `console.log` of Lambda's Node runtime puts time, request id and level before the text, and then the
 * line is no JSON for those who read the log.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function log(line: LogLine): void {
  const header = line.event === "webhook.processed" ? line.trace : undefined;
  const metrics = metricsOf(line, process.env["METRIC_NAMESPACE"], Date.now());
  process.stdout.write(`${JSON.stringify({ ...line, trace: traceId(header), ...metrics })}\n`);
}
