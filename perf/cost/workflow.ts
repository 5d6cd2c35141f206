import { DynamoDBClient, GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartSyncExecutionCommand,
  type HistoryEvent,
} from "@aws-sdk/client-sfn";
import jsonata from "jsonata";
import { eventLogTransformer } from "../../components/event-log";
import { asLogEvent } from "../../local/gaps/event-log-delivery";
import { numberOf } from "../bench/handlers/request";
import { toItem } from "../../functions/adapters/record-item";
import type { LocalStack } from "../../local/stack";
import { LOG_EVENT_OVERHEAD_BYTES } from "./prices";
import type { AwsCall } from "./recorder";

/** What one execution of the deployed workflow used. */
export interface WorkflowUsage {
  /** Number of lines of the execution's log, with the states' data, that contain the payload of the first webhook. */
  readonly linesWithPayload: number;
  /** Calls of its task states, such as `dynamodb:batchGetItem`. */
  readonly calls: readonly string[];
  /** Number of lines that level ALL writes to the log. */
  readonly lines: number;
  /** Bytes that level ALL writes to the log: with the states' data, and without. */
  readonly logBytes: { readonly withData: number; readonly withoutData: number };
  /** Bytes of each published event, as a target receives it. */
  readonly eventBytes: readonly number[];
  /** Bytes of all events in the example consumer's log: with their data, and without. */
  readonly eventLogBytes: { readonly withData: number; readonly withoutData: number };
  /** Bytes of a webhook's record after the execution; DynamoDB bills it in steps of 1 KB. */
  readonly itemBytes: number;
}

const { inputPaths, inputTemplate } = eventLogTransformer();
const EVENT_LOG_TRANSFORMER = { InputPathsMap: inputPaths, InputTemplate: inputTemplate };

/** Returns the bytes that CloudWatch Logs bills for lines. */
const logged = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + LOG_EVENT_OVERHEAD_BYTES, 0);

/** Repeats the execution that the processing function started, on the real state machine in the emulator. */
export async function measureWorkflow(stack: LocalStack, start: AwsCall): Promise<WorkflowUsage> {
  const sfn = new SFNClient({ ...stack.emulator.client, disableHostPrefix: true });
  const stateMachineArn = stack.outputs.state_machine_arn;
  const { input } = JSON.parse(start.body.toString()) as { input: string };
  const answer = await sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input }));
  if (answer.status !== "SUCCEEDED") throw new Error(`the workflow failed: ${answer.error} ${answer.cause}`);
  const { executionArn = "" } = answer;
  const [{ definition = "{}" }, { events = [] }] = await Promise.all([
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 })),
  ]);

  const { webhooks } = JSON.parse(input) as { webhooks: readonly { id: string; key: string }[] };
  const lines = await completeHistory(events, JSON.parse(definition) as Definition, input, executionArn);
  const bytes = (withData: boolean) => logged(lines.map((line) => logEvent(line, executionArn, withData)));
  const publishing = lines.find(({ details }) => String(details["resource"]).endsWith(":putEvents"));
  const { Entries } = JSON.parse(String(publishing?.details["parameters"])) as { Entries: readonly Entry[] };
  const published = Entries.map(asEvent);
  const [first] = webhooks;
  return {
    linesWithPayload: lines.filter((line) =>
      logEvent(line, executionArn, true).includes(numberOf(first?.id ?? "")),
    ).length,
    calls: lines
      .filter(({ type }) => type === "TaskScheduled")
      .map(({ details }) => String(details["resource"]).replace(/^.*aws-sdk:/, "")),
    lines: lines.length,
    logBytes: { withData: bytes(true), withoutData: bytes(false) },
    eventBytes: published.map((event) => Buffer.byteLength(event)),
    eventLogBytes: {
      withData: logged(published),
      withoutData: logged(published.map((event) => asLogEvent(event, 0, EVENT_LOG_TRANSFORMER).message)),
    },
    itemBytes: await itemSize(stack, first?.key ?? ""),
  };
}

interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Resources: readonly string[];
  readonly Detail: string;
}

/** Returns the event that EventBridge makes of an entry of PutEvents. */
function asEvent({ Source, DetailType, Resources, Detail }: Entry): string {
  return JSON.stringify({
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": DetailType,
    source: Source,
    account: "123456789012",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: Resources,
    detail: JSON.parse(Detail) as unknown,
  });
}

interface State {
  readonly Arguments?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}
interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

/** An event of an execution with its details, under one name for all types of events. */
interface Line {
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Completes the emulator's history, which lacks two things that Step Functions logs: the arguments of tasks and the
 * variables that a state assigns. They are computed from the definition, as Step Functions does.
 */
async function completeHistory(
  events: readonly HistoryEvent[],
  { States }: Definition,
  input: string,
  executionArn: string,
): Promise<readonly Line[]> {
  const variables: Record<string, unknown> = {};
  const states: Record<string, unknown> = { context: { Execution: { Id: executionArn } } };
  const lines: Line[] = [];
  let current = "";
  for (const event of events) {
    const { id, type = "", previousEventId, timestamp, ...rest } = event;
    const details = Object.assign({}, ...Object.values(rest)) as Record<string, unknown>;
    const { stateEnteredEventDetails: entered, taskSucceededEventDetails: done } = event;
    if (entered) {
      current = entered.name ?? "";
      states["input"] = JSON.parse(entered.input ?? input) as unknown;
    }
    if (done) states["result"] = JSON.parse(done.output ?? "{}") as unknown;
    const state = States[current];
    if (type === "TaskScheduled" && state)
      details["parameters"] = JSON.stringify(await evaluated(state.Arguments, { ...variables, states }));
    if (type.endsWith("StateExited") && state?.Assign) {
      const assigned = (await evaluated(state.Assign, { ...variables, states })) as Record<string, unknown>;
      Object.assign(variables, assigned);
      details["assignedVariables"] = JSON.stringify(assigned);
    }
    lines.push({ type, details: { id, previousEventId, timestamp: timestamp?.getTime(), ...details } });
  }
  return lines;
}

/** Returns a state's value with its expressions evaluated. */
async function evaluated(value: unknown, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  if (typeof value === "string") {
    const source = /^\{%([\s\S]*)%\}$/.exec(value)?.[1];
    if (source === undefined) return value;
    const expression = jsonata(source);
    expression.registerFunction("parse", (text: string) => JSON.parse(text) as unknown);
    return (await expression.evaluate({}, { ...variables })) as unknown;
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluated(item, variables)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await evaluated(item, variables)]);
  return Object.fromEntries(await Promise.all(entries)) as unknown;
}

const DATA = new Set(["input", "output", "parameters", "assignedVariables"]);

/** Returns the line that Step Functions writes for an event. */
function logEvent({ type, details }: Line, execution_arn: string, withData: boolean): string {
  const kept = Object.fromEntries(Object.entries(details).filter(([name]) => withData || !DATA.has(name)));
  return JSON.stringify({ type, details: kept, execution_arn, redrive_count: "0" });
}

/**
 * Returns the bytes of an item's names and values, as DynamoDB counts them.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
async function itemSize(stack: LocalStack, key: string): Promise<number> {
  const { Item = {} } = await new DynamoDBClient(stack.emulator.client).send(
    new GetItemCommand({
      TableName: stack.outputs.dynamodb_table_name,
      Key: toItem({ pk: key }),
      ConsistentRead: true,
    }),
  );
  return Object.entries(Item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  return Buffer.byteLength(JSON.stringify(value));
}
