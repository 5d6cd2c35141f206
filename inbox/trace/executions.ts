import {
  DescribeStateMachineCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent as SdkEvent,
} from "@aws-sdk/client-sfn";
import { readExecution, type HistoryEvent } from "./execution";
import type { Definition } from "./graph";
import type { Inbox } from "../connect";
import { searchLog, type Window } from "../logs";
import type { Execution } from "./model";

/** Where executions of the Express workflow are read from. */
export interface Executions {
  /**
   * Reads an execution; undefined if it is not there: no longer, or not yet, since logs arrive late.
   * @param window span in which it ran
   */
  read(arn: string, window: Window): Promise<Execution | undefined>;
}

/**
 * Returns the source of executions. AWS keeps no history of an Express execution, only its log; the emulator writes no
 * log, but keeps the history.
 */
export function executionsOf(inbox: Inbox): Executions {
  return inbox.emulated ? fromHistory(inbox) : fromLog(inbox);
}

/** Returns the workflow's definition as it is deployed. */
export async function readDefinition(inbox: Inbox): Promise<Definition> {
  const { definition = "{}" } = await inbox.clients.sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: inbox.outputs.state_machine_arn }),
  );
  return JSON.parse(definition) as Definition;
}

/** Returns executions from GetExecutionHistory, which on the emulator also works for Express executions. */
export function fromHistory(inbox: Inbox): Executions {
  return {
    async read(executionArn) {
      const events: SdkEvent[] = [];
      let nextToken: string | undefined;
      try {
        do {
          const page = await inbox.clients.sfn.send(
            new GetExecutionHistoryCommand({
              executionArn,
              includeExecutionData: true,
              nextToken,
              maxResults: 1_000,
            }),
          );
          events.push(...(page.events ?? []));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
      return readExecution(executionArn, events.map(fromSdk));
    },
  };
}

/** Returns executions from their log: one record of the Express logging format per event. */
export function fromLog(inbox: Inbox): Executions {
  return {
    async read(executionArn, window) {
      const lines = await searchLog(inbox, inbox.outputs.workflow_log_group_name, executionArn, window);
      const events = lines
        .map(({ json }) => json)
        .filter((record) => record["execution_arn"] === executionArn)
        .map(fromLogRecord);
      return readExecution(executionArn, events);
    },
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
function fromSdk({ id, previousEventId, type, timestamp, ...rest }: SdkEvent): HistoryEvent {
  const details = Object.entries(rest).find(([name]) => name.endsWith("EventDetails"))?.[1];
  return {
    id: id ?? 0,
    ...(previousEventId !== undefined && { previousId: previousEventId }),
    type: type ?? "",
    at: timestamp?.toISOString() ?? "",
    details: { ...details },
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
function fromLogRecord(record: Readonly<Record<string, unknown>>): HistoryEvent {
  const details = record["details"];
  return {
    id: Number(record["id"]),
    previousId: Number(record["previous_event_id"] ?? 0),
    type: String(record["type"]),
    at: new Date(Number(record["event_timestamp"])).toISOString(),
    details: typeof details === "object" && details !== null ? { ...details } : {},
  };
}
