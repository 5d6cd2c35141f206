import {
  StartSyncExecutionCommand,
  type SFNClient,
  type StartSyncExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import type { GroupPorts } from "../domain/group-ports";
import {
  EXECUTION_TIMED_OUT,
  reasonOf,
  type Outcome,
  type WebhookError,
  type WorkflowItem,
} from "../domain/workflow";
import { deduplicationId } from "../domain/webhook";
import { shardOf } from "./indexes";
import { traceHeader } from "./trace";
import { orUnavailable } from "./unavailable";

/** Longest name of an execution. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
const MAX_NAME_LENGTH = 80;

/**
 * Default time limit of an answer, in milliseconds; an execution ends after 20 s (`TimeoutSeconds` of the workflow).
 */
const DEFAULT_LIMIT = { timeoutMs: 22_000 };

/** Returns a client that starts the Express workflow synchronously. */
export function createWorkflowClient(stateMachineArn: string, sfn: SFNClient): GroupPorts["workflow"] {
  return {
    async run(items, { timeoutMs } = DEFAULT_LIMIT) {
      const command = new StartSyncExecutionCommand({
        stateMachineArn,
        name: executionName(items),
        input: JSON.stringify({ webhooks: items.map(toInput) }),
        // A batch can hold several traces; the execution belongs to its first webhook's.
        traceHeader: items[0]?.trace ?? traceHeader(),
      });
      const abortSignal = AbortSignal.timeout(timeoutMs);
      let answer: StartSyncExecutionCommandOutput;
      try {
        answer = await orUnavailable("StepFunctions StartSyncExecution", sfn.send(command, { abortSignal }));
      } catch (error) {
        if (!abortSignal.aborted) throw error;
        const message = `Step Functions did not answer within ${timeoutMs} ms.`;
        return { status: "failed", error: { code: EXECUTION_TIMED_OUT, message } };
      }
      const executionArn = answer.executionArn ?? "";
      // HTTP 200 says only that the execution ended.
      if (answer.status !== "SUCCEEDED") return { status: "failed", executionArn, error: errorOf(answer) };
      const { outcomes } = JSON.parse(answer.output ?? "{}") as { outcomes?: readonly Outcome[] };
      return { status: "succeeded", executionArn, outcomes: outcomes ?? [] };
    },
  };
}

/** Returns why an execution failed as a whole. A task that timed out is a service's failure and not the execution's time-out. */
function errorOf({ status, error, cause }: StartSyncExecutionCommandOutput): WebhookError {
  if (status === "TIMED_OUT")
    return { code: EXECUTION_TIMED_OUT, message: "The execution reached its time limit." };
  const message = cause === undefined ? `The execution ended ${status}.` : reasonOf(cause);
  return { code: error === EXECUTION_TIMED_OUT ? "TaskTimedOut" : (error ?? "ExecutionFailed"), message };
}

/**
 * Returns a webhook as input for the workflow: with the key of its record, the record's shard in the table's indexes,
 * and the id by which consumers' queues deduplicate it, but without its trace.
 */
export function toInput({ recordKey, ...item }: WorkflowItem) {
  return {
    ...item,
    key: recordKey,
    trace: undefined,
    shard: shardOf(recordKey),
    deduplicationId: deduplicationId(item),
  };
}

/**
 * Returns a name by which a person finds the execution in the console: provider, first event id, number of webhooks.
 * The end makes names distinct; it does not make executions idempotent, which no name does for Express workflows.
 */
function executionName(items: readonly WorkflowItem[]): string {
  const [first] = items;
  const readable = `${first?.provider}-${first?.id}`.replace(/[^A-Za-z0-9_-]/g, "_");
  const end = `-x${items.length}-${Date.now().toString(36)}`;
  return readable.slice(0, MAX_NAME_LENGTH - end.length) + end;
}
