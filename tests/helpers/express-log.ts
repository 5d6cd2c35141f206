/** An execution as AWS names it. */
export const EXECUTION =
  "arn:aws:states:us-east-1:123456789012:express:webhook-inbox-workflow-dev:acme-a-x2:1";

/** When it began, milliseconds since the epoch. */
export const BEGAN = 1_767_225_600_000;

let id = 0;
let clock = BEGAN;
/** A record of the Express logging format. @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
export const logRecord = (
  type: string,
  previous: number,
  details: Record<string, unknown> = {},
  arn = EXECUTION,
) => {
  id += 1;
  clock += 10;
  return JSON.stringify({
    id: String(id),
    type,
    details,
    redrive_count: "0",
    previous_event_id: String(previous),
    event_timestamp: String(clock),
    execution_arn: arn,
  });
};
const entered = (type: string, name: string, previous: number) =>
  logRecord(`${type}StateEntered`, previous, { name, input: "{}", inputDetails: { truncated: false } });
const exited = (type: string, name: string, previous: number, more = {}) =>
  logRecord(`${type}StateExited`, previous, {
    name,
    output: "{}",
    outputDetails: { truncated: false },
    ...more,
  });

/** A batch of two of which the second cannot be enriched, as AWS logs it: iterations of the Map interleave. */
export function batchOfTwo(): string[] {
  id = 0;
  clock = BEGAN;
  const input = JSON.stringify({
    webhooks: [
      { provider: "acme", id: "a", key: "acme#a" },
      { provider: "acme", id: "b", key: "acme#b" },
    ],
  });
  return [
    logRecord("ExecutionStarted", 0, { input, roleArn: "arn:role" }),
    entered("Task", "LookUpRecords", 0), // 2
    logRecord("TaskScheduled", 2, { parameters: '{"RequestItems":{}}', resource: "dynamodb:batchGetItem" }), // 3
    logRecord("TaskFailed", 3, { error: "States.TaskFailed", cause: "throttled" }), // 4
    logRecord("TaskScheduled", 4, { parameters: '{"RequestItems":{}}', resource: "dynamodb:batchGetItem" }), // 5
    logRecord("TaskSucceeded", 5, { output: '{"Responses":{}}' }), // 6
    exited("Task", "LookUpRecords", 6, { assignedVariables: { unread: "0" } }), // 7
    entered("Choice", "CheckAllRead", 7), // 8
    exited("Choice", "CheckAllRead", 8), // 9
    entered("Map", "EnrichEach", 9), // 10
    logRecord("MapStateStarted", 10, { length: 2 }), // 11
    logRecord("MapIterationStarted", 11, { name: "EnrichEach", index: 0 }), // 12
    logRecord("MapIterationStarted", 11, { name: "EnrichEach", index: 1 }), // 13
    entered("Parallel", "Guard", 12), // 14
    entered("Parallel", "Guard", 13), // 15
    entered("Pass", "Enrich", 14), // 16
    entered("Pass", "Enrich", 15), // 17
    logRecord("EvaluationFailed", 17, {
      error: "States.QueryEvaluationError",
      cause: "poison",
      state: "Enrich",
    }), // 18
    exited("Pass", "Enrich", 16), // 19
    exited("Parallel", "Guard", 19), // 20
    exited("Parallel", "Guard", 18), // 21
    entered("Pass", "ReturnFailed", 21), // 22
    exited("Pass", "ReturnFailed", 22), // 23
    exited("Map", "EnrichEach", 23), // 24
    entered("Choice", "CheckRun", 24), // 25
    exited("Choice", "CheckRun", 25), // 26
    entered("Task", "PublishRun", 26), // 27
    logRecord("ExecutionSucceeded", 27, {
      output: '{"outcomes":[{"status":"published"},{"status":"failed"}]}',
    }),
  ];
}
