import { StartSyncExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import type { GroupPorts } from "../domain/process-group";
import type { Outcome, WorkflowItem } from "../domain/workflow";
import { shardOf } from "./indexes";
import { traceHeader } from "./trace";
import { orUnavailable } from "./unavailable";

/** Longest name of an execution. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
const MAX_NAME_LENGTH = 80;

/** The Express workflow, started synchronously. */
export function workflowAt(stateMachineArn: string, sfn: SFNClient): GroupPorts["workflow"] {
  return {
    async run(items) {
      const command = new StartSyncExecutionCommand({
        stateMachineArn,
        name: executionName(items),
        input: JSON.stringify({ webhooks: items.map(toInput) }),
        // A batch can hold several traces; the execution belongs to its first webhook's.
        traceHeader: items[0]?.trace ?? traceHeader(),
      });
      const answer = await orUnavailable("StepFunctions StartSyncExecution", sfn.send(command));
      const executionArn = answer.executionArn ?? "";
      // HTTP 200 says only that the execution ended.
      if (answer.status !== "SUCCEEDED") {
        const code = answer.error ?? (answer.status === "TIMED_OUT" ? "States.Timeout" : "ExecutionFailed");
        const message = answer.cause ?? `The execution ended ${answer.status}.`;
        return { status: "failed", executionArn, error: { code, message } };
      }
      const { outcomes } = JSON.parse(answer.output ?? "{}") as { outcomes?: readonly Outcome[] };
      return { status: "succeeded", executionArn, outcomes: outcomes ?? [] };
    },
  };
}

/** What the workflow knows of a webhook: its shard of the table's indexes too, its trace not. */
function toInput(item: WorkflowItem) {
  return { ...item, trace: undefined, shard: shardOf(item.key) };
}

/**
 * Named after the webhooks it carries, so that a person finds it in the console: provider, first event id, how many.
 * The end makes names distinct; it does not make executions idempotent, which Express names never do.
 */
function executionName(items: readonly WorkflowItem[]): string {
  const [first] = items;
  const readable = `${first?.provider}-${first?.id}`.replace(/[^A-Za-z0-9_-]/g, "_");
  const end = `-x${items.length}-${Date.now().toString(36)}`;
  return readable.slice(0, MAX_NAME_LENGTH - end.length) + end;
}
