import { ListEventSourceMappingsCommand, type EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import type { Inbox } from "./connect";

/** Returns the event source mapping that feeds the processing function; undefined if it was deleted. */
export async function readEventSource({
  outputs,
  clients: { lambda },
}: Inbox): Promise<EventSourceMappingConfiguration | undefined> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: outputs.processing_function_name }),
  );
  return EventSourceMappings[0];
}
