/**
 * X-Ray's header of the current invocation, so that one trace covers the way from API Gateway to the workflow.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceHeader(): string | undefined {
  return process.env["_X_AMZN_TRACE_ID"] || undefined;
}
