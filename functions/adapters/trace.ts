/**
 * Returns X-Ray's header of the current invocation. It passes from API Gateway to the ingestion function, which sends
 * it on with the message. The workflow is started with the message's header, so that one trace covers all stages.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceHeader(): string | undefined {
  return process.env["_X_AMZN_TRACE_ID"] || undefined;
}

/** Returns the trace id in a header, `1-67891233-abcdef012345678912345678`. @default the current invocation's */
export function traceId(header = traceHeader()): string | undefined {
  return /(?:^|;)\s*Root=([^;]+)/.exec(header ?? "")?.[1];
}
