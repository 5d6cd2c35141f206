import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DAY_MS } from "../functions/domain/day";
import type { Inbox } from "./connect";
import { messageOf } from "./errors";
import { busName } from "./outputs";

/** Data that an erasure does not reach. */
export interface OutOfReach {
  readonly what: string;
  /** How long the data stays, or who has to delete it. */
  readonly until: string;
}

/**
 * Returns which data of webhooks an erasure does not reach, and how long it stays. @param now milliseconds since the
 * epoch
 */
export async function outOfReach(inbox: Inbox, now: number): Promise<readonly OutOfReach[]> {
  const { outputs } = inbox;
  const groups = [
    `/aws/lambda/${outputs.ingestion_function_name}`,
    `/aws/lambda/${outputs.processing_function_name}`,
    outputs.workflow_log_group_name,
    outputs.event_log_group_name,
  ];
  const logs = await Promise.all(
    groups.map(async (name) => ({ what: `log ${name}`, until: await keptUntil(inbox, name, now) })),
  );
  const consumers = Object.keys(outputs.consumer_queues).sort();
  return [
    ...logs,
    ...consumers.map((name) => ({
      what: `messages that wait for the consumer ${name}, and what it stored`,
      until: "messages for 14 days at most; what it stored is to be deleted there",
    })),
    {
      what: "messages of paused providers, which are held in the table",
      until: "until the provider is resumed; they go then, and are not published",
    },
    {
      what: `what the targets of the bus ${busName(outputs)} got, and archives of it`,
      until: "to be deleted there",
    },
    { what: "traces in X-Ray: times and names, no payload and no id", until: "30 days" },
    {
      what: "backups of the table, and copies of the bucket, if you made any",
      until: "as you keep them; point-in-time recovery goes back 35 days at most",
    },
  ];
}

async function keptUntil({ clients }: Inbox, name: string, now: number): Promise<string> {
  try {
    const { logGroups = [] } = await clients.logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: name }),
    );
    const days = logGroups.find(({ logGroupName }) => logGroupName === name)?.retentionInDays;
    if (days === undefined) return "as long as the log group keeps its lines";
    return `until ${new Date(now + days * DAY_MS).toISOString().slice(0, 10)} (${days} days)`;
  } catch (error) {
    return `as long as the log group keeps its lines (${messageOf(error)})`;
  }
}
