import { DescribeTableCommand, DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import {
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  DescribeExecutionCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import type { LocalStackOptions } from "../../../local/stack";
import type { Machine } from "../asl";
import { byHand } from "../by-hand";
import { startFaultProxy, type FaultProxy, type Recorded } from "../fault-proxy";
import { startInbox } from "../inbox";
import { recordedAnswers, secondRun, type TaskAnswer } from "../second-engine";
import { serviceWithId, type Models } from "./model";
import { parseRequest } from "./request";
import type { AwsCall } from "./violations";

/** Callers that use AWS by HTTP. Step Functions makes the workflow's calls itself. */
const CALLERS = ["ingest", "process", "recover", "cli", "console"] as const;
export type Caller = (typeof CALLERS)[number] | "workflow";

/** A call that was made. */
export interface ObservedCall extends AwsCall {
  readonly caller: Caller;
  /** Time of the answer, in milliseconds since the epoch. */
  readonly at: number;
  /** Answer over HTTP, or of the workflow's task. */
  readonly answer: Recorded["answer"] | TaskAnswer;
}

/** Called with the calls of a run and the description of its table. A test can add functions. */
export const onRun: ((calls: readonly ObservedCall[], table: TableDescription) => Promise<void>)[] = [];

/**
 * Starts an inbox on the emulator, with a fault proxy for each caller in between: the proxy of a call identifies its
 * caller.
 */
export async function startObservedInbox(options: LocalStackOptions = {}) {
  const inbox = await startInbox(options);
  const { emulator, outputs } = inbox.stack;
  const proxies = Object.fromEntries(
    await Promise.all(CALLERS.map(async (caller) => [caller, await startFaultProxy()] as const)),
  ) as Record<(typeof CALLERS)[number], FaultProxy>;
  const records = CALLERS.map((caller): [Caller, readonly Recorded[]] => {
    proxies[caller].forwardTo(emulator);
    return [caller, proxies[caller].record()];
  });
  const functionNames = {
    ingest: outputs.ingestion_function_name,
    process: outputs.processing_function_name,
    recover: outputs.recovery_function_name ?? "",
  };
  const hand = byHand(inbox);
  for (const caller of ["ingest", "process", "recover"] as const) {
    const AWS_ENDPOINT_URL = proxies[caller].endpoint;
    await hand.configure(functionNames[caller], (variables) => ({ ...variables, AWS_ENDPOINT_URL }));
  }
  const seenFrom = (caller: "cli" | "console") => ({ ...inbox.stack, endpoint: proxies[caller].endpoint });

  return {
    ...inbox,
    proxies,
    functionNames,
    /** Names of the roles by caller; each role has the name of its function or workflow. */
    roles: { ...functionNames, workflow: outputs.state_machine_arn.split(":").at(-1) ?? "" },
    /** Returns the inbox for a client that calls AWS through a proxy. */
    seenFrom,

    /** Returns every call so far, in the order of their answers. @throws if one is not an operation of AWS's models */
    async calls(models: Models): Promise<readonly ObservedCall[]> {
      const sent = records.flatMap(([caller, recorded]) =>
        recorded.map(({ request, ...answered }) => ({
          caller,
          ...parseRequest(models, request),
          ...answered,
        })),
      );
      const sfn = new SFNClient({ ...emulator.client, disableHostPrefix: true });
      const ran = await workflowCalls(models, sfn, outputs.state_machine_arn);
      const calls = [...sent, ...ran].sort((a, b) => a.at - b.at);
      const describe = new DescribeTableCommand({ TableName: outputs.dynamodb_table_name });
      const { Table = {} } = await new DynamoDBClient(emulator.client).send(describe);
      for (const tell of onRun) await tell(calls, Table);
      return calls;
    },

    async close() {
      await inbox.close();
      await Promise.all(CALLERS.map((caller) => proxies[caller].close()));
    },
  };
}

/** Returns the tasks of all executions as calls, with the arguments that a second engine evaluates. */
async function workflowCalls(
  models: Models,
  sfn: SFNClient,
  stateMachineArn: string,
): Promise<ObservedCall[]> {
  const [{ definition = "{}" }, { executions = [] }] = await Promise.all([
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1_000 })),
  ]);
  const machine = JSON.parse(definition) as Machine;
  const runs = executions.map(async ({ executionArn: executionId = "" }) => {
    const { input = "{}" } = await sfn.send(new DescribeExecutionCommand({ executionArn: executionId }));
    const answers = await recordedAnswers(sfn, executionId);
    const { tasks } = await secondRun(machine, JSON.parse(input), answers, { executionId });
    return tasks.map(({ resource, args, answer: { at, ...answer } }) => ({
      caller: "workflow" as const,
      ...taskCall(models, resource, args),
      at,
      answer,
    }));
  });
  return (await Promise.all(runs)).flat();
}

/** Returns the call of a task's resource such as `arn:aws:states:::aws-sdk:dynamodb:batchGetItem`. */
function taskCall(models: Models, resource: string, input: unknown): AwsCall {
  const [, service = "", action = ""] = /:aws-sdk:(\w+):(\w+)$/.exec(resource) ?? [];
  const serviceId = { dynamodb: "DynamoDB", eventbridge: "EventBridge" }[service] ?? service;
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  return { service: serviceWithId(models, serviceId), operation, input };
}
