/** Name of an execution, in AWS's form. */
export const EXECUTION =
  "arn:aws:states:us-east-1:123456789012:express:webhook-inbox-workflow-dev:acme-a-x2:1";

/** Beginning of the execution, in milliseconds since the epoch. */
export const BEGAN = 1_767_225_600_000;

let id = 0;
let clock = BEGAN;
/**
 * Returns a record in the Express logging format. @see
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
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
const failed = (state: string, previous: number) =>
  logRecord("EvaluationFailed", previous, { error: "States.QueryEvaluationError", cause: "poison", state });

/**
 * Returns the log of a batch of two, the second of which cannot be enriched, as AWS writes it: iterations of the Map
 * interleave.
 */
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
    failed("LookUpRecords", 6), // 7
    exited("Task", "LookUpRecords", 7), // 8
    entered("Task", "LookUpRecordsAgain", 8), // 9
    logRecord("TaskScheduled", 9, { parameters: '{"RequestItems":{}}', resource: "dynamodb:batchGetItem" }), // 10
    logRecord("TaskSucceeded", 10, { output: '{"Responses":{}}' }), // 11
    exited("Task", "LookUpRecordsAgain", 11, { assignedVariables: { unread: "0" } }), // 12
    entered("Map", "EnrichEach", 12), // 13
    logRecord("MapStateStarted", 13, { length: 2 }), // 14
    logRecord("MapIterationStarted", 14, { name: "EnrichEach", index: 0 }), // 15
    logRecord("MapIterationStarted", 14, { name: "EnrichEach", index: 1 }), // 16
    entered("Parallel", "Guard", 15), // 17
    entered("Parallel", "Guard", 16), // 18
    entered("Pass", "EnrichOne", 17), // 19
    entered("Pass", "EnrichOne", 18), // 20
    failed("EnrichOne", 20), // 21
    exited("Pass", "EnrichOne", 19), // 22
    exited("Parallel", "Guard", 22), // 23
    exited("Parallel", "Guard", 21), // 24
    entered("Pass", "ReturnFailed", 24), // 25
    exited("Pass", "ReturnFailed", 25), // 26
    exited("Map", "EnrichEach", 26), // 27
    entered("Choice", "CheckBatch", 27), // 28
    exited("Choice", "CheckBatch", 28), // 29
    entered("Task", "PublishRun", 29), // 30
    logRecord("ExecutionSucceeded", 30, {
      output: '{"outcomes":[{"status":"published"},{"status":"failed"}]}',
    }),
  ];
}
