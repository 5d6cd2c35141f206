import { describeError } from "./errors";
import type { CallLimit, GroupPorts } from "./group-ports";
import { recordKey } from "./webhook";
import type { WebhookError, WorkflowItem } from "./workflow";

/**
 * Provider name of the inbox's own events, whose source is `webhook._inbox`; no provider can have this name. The events
 * are `inbox.resumed` and `inbox.probed`.
 */
export const INBOX = "_inbox";

export interface Probe {
  /** Event id, the same for every attempt at one probe, so that it is published once. */
  readonly id: string;
  readonly type: "inbox.resumed" | "inbox.probed";
  readonly data: Readonly<Record<string, unknown>>;
  /** Time of the event, RFC 3339. */
  readonly at: string;
}

/**
 * Sends an event of the inbox itself through all that a webhook needs: workflow, table and bus.
 * @returns why it failed; undefined if it was published. Never rejects
 */
export async function probe(
  { id, type, data: value, at }: Probe,
  workflow: GroupPorts["workflow"],
  limit: CallLimit,
): Promise<WebhookError | undefined> {
  const data = JSON.stringify(value);
  const item: WorkflowItem = {
    provider: INBOX,
    id,
    recordKey: recordKey(INBOX, id),
    group: INBOX,
    type,
    time: at,
    contentType: "application/json",
    size: Buffer.byteLength(data),
    s3Key: "-",
    replay: 0,
    receivedAt: at,
    sequence: "0",
    data,
  };
  try {
    const run = await workflow.run([item], limit);
    if (run.status === "failed") return run.error;
    const [outcome] = run.outcomes;
    if (outcome?.status === "published" || outcome?.status === "duplicate") return undefined;
    return outcome?.status === "failed"
      ? outcome.error
      : { code: "NoOutcome", message: "The probe came to nothing." };
  } catch (error) {
    return { code: "WorkflowUnavailable", message: describeError(error) };
  }
}
