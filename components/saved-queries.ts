import * as pulumi from "@pulumi/pulumi";
import type { Stages } from "./stages";

/** A query of CloudWatch Logs Insights. */
interface SavedQuery {
  readonly logs: pulumi.Input<string>[];
  readonly query: string;
}

/** Returns the queries that are saved with an inbox, by the part of their names. */
export function savedQueries({ ingest, processor, workflow }: Stages): Record<string, SavedQuery> {
  const logOf = (fn: typeof ingest | typeof processor) => pulumi.interpolate`/aws/lambda/${fn.functionName}`;
  const [ingestLog, processLog] = [logOf(ingest), logOf(processor)];
  return {
    "one-webhook": {
      logs: [ingestLog, processLog],
      query: `fields @timestamp, event, status, outcome, reason, replay, executionArn, error.message, trace
| filter id = 'put the event id here'
| sort @timestamp`,
    },
    "one-execution": {
      logs: [workflow.logGroupName],
      query: `fields @timestamp, type, details.name, details.error, details.cause
| filter execution_arn like 'put the execution name here'
| sort id`,
    },
    rejected: {
      logs: [ingestLog],
      query: `filter event = 'webhook.received' and status >= 400
| stats count() as requests by provider, status, reason, diagnosis.cause, sourceIp
| sort requests desc`,
    },
    slowest: {
      logs: [processLog],
      query: `filter event = 'webhook.processed' and ispresent(Latency)
| stats count() as published, pct(Latency, 50) as p50ms, pct(Latency, 99) as p99ms, max(Latency) as maxms by provider`,
    },
  };
}
