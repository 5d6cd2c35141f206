import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { fromLog } from "../../../console/trace/executions";
import { edgesTaken, graphOf, outcomeIn, visitsOf, type Definition } from "../../../console/trace/graph";
import { inboxAt, type InboxOutputs } from "../../../console/trace/inbox";
import { drawingOf } from "../../../console/web/layout";
import { renderWorkflow } from "../../../statemachines/render";

const ARN = "arn:aws:states:us-east-1:123456789012:express:webhook-inbox-workflow-dev:acme-a-x2:1";
const logs = mockClient(CloudWatchLogsClient);
const inbox = inboxAt(
  { workflow_log_group_name: "/aws/vendedlogs/states/webhook-inbox-workflow-dev" } as InboxOutputs,
  { region: "us-east-1" },
);

let id = 0;
let clock = 1_767_225_600_000;
/** A record of the Express logging format. */
const record = (type: string, previous: number, details: Record<string, unknown> = {}, arn = ARN) => {
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
  record(`${type}StateEntered`, previous, { name, input: "{}", inputDetails: { truncated: false } });
const exited = (type: string, name: string, previous: number, more = {}) =>
  record(`${type}StateExited`, previous, {
    name,
    output: "{}",
    outputDetails: { truncated: false },
    ...more,
  });

/** A batch of two of which the second cannot be enriched, as AWS logs it: iterations of the Map interleave. */
function batchOfTwo(): string[] {
  id = 0;
  const input = JSON.stringify({
    webhooks: [
      { provider: "acme", id: "a" },
      { provider: "acme", id: "b" },
    ],
  });
  return [
    record("ExecutionStarted", 0, { input, roleArn: "arn:role" }),
    entered("Task", "LookUpRecords", 0), // 2
    record("TaskScheduled", 2, { parameters: '{"RequestItems":{}}', resource: "dynamodb:batchGetItem" }), // 3
    record("TaskFailed", 3, { error: "States.TaskFailed", cause: "throttled" }), // 4
    record("TaskScheduled", 4, { parameters: '{"RequestItems":{}}', resource: "dynamodb:batchGetItem" }), // 5
    record("TaskSucceeded", 5, { output: '{"Responses":{}}' }), // 6
    exited("Task", "LookUpRecords", 6, { assignedVariables: { unread: "0" } }), // 7
    entered("Choice", "CheckAllRead", 7), // 8
    exited("Choice", "CheckAllRead", 8), // 9
    entered("Map", "EnrichEach", 9), // 10
    record("MapStateStarted", 10, { length: 2 }), // 11
    record("MapIterationStarted", 11, { name: "EnrichEach", index: 0 }), // 12
    record("MapIterationStarted", 11, { name: "EnrichEach", index: 1 }), // 13
    entered("Parallel", "Guard", 12), // 14
    entered("Parallel", "Guard", 13), // 15
    entered("Pass", "Enrich", 14), // 16
    entered("Pass", "Enrich", 15), // 17
    record("EvaluationFailed", 17, {
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
    record("ExecutionSucceeded", 27, { output: '{"outcomes":[{"status":"published"},{"status":"failed"}]}' }),
  ];
}

const read = async (lines: string[]) => {
  logs.on(FilterLogEventsCommand).resolves({ events: lines.map((message) => ({ message, timestamp: 0 })) });
  const execution = await fromLog(inbox).read(ARN, { from: 0, to: 1 });
  if (!execution) throw new Error("no execution");
  return execution;
};

describe("an execution in the log of an Express workflow", () => {
  test("has its states with input, output, duration, retries and variables", async () => {
    const execution = await read(batchOfTwo());
    expect(execution).toMatchObject({ arn: ARN, status: "SUCCEEDED" });
    const [lookUp] = execution.states;
    expect(lookUp).toMatchObject({
      name: "LookUpRecords",
      type: "Task",
      retries: 1,
      arguments: '{"RequestItems":{}}',
      result: '{"Responses":{}}',
      variables: { unread: "0" },
    });
    expect(lookUp?.error).toBeUndefined();
    expect(Date.parse(lookUp?.exitedAt ?? "") - Date.parse(lookUp?.enteredAt ?? "")).toBe(50);
  });

  test("tells what became of one webhook inside of the Map, apart from its neighbour", async () => {
    const execution = await read(batchOfTwo());
    const good = visitsOf(execution, 0);
    const bad = visitsOf(execution, 1);
    expect([good.has("ReturnFailed"), bad.has("ReturnFailed")]).toEqual([false, true]);
    expect(good.get("Enrich")?.error).toBeUndefined();
    expect(bad.get("Enrich")?.error).toEqual({ code: "States.QueryEvaluationError", message: "poison" });
    expect([outcomeIn(execution, 0), outcomeIn(execution, 1)]).toEqual(["published", "failed"]);
  });

  test("takes the edges of its path and no others", async () => {
    const definition = JSON.parse(
      renderWorkflow({
        tableName: "t",
        busName: "b",
        bucketName: "k",
        recordRetentionDays: 1,
        providers: [],
      }),
    ) as Definition;
    const execution = await read(batchOfTwo());
    const path = [
      "LookUpRecords>CheckAllRead",
      "CheckAllRead>EnrichEach",
      "EnrichEach>CheckRun",
      "CheckRun>PublishRun",
    ];
    const graph = graphOf(definition);
    expect([...edgesTaken(graph, execution, 0)].sort()).toEqual([...path].sort());
    expect([...edgesTaken(graph, execution, 1)].sort()).toEqual([...path, "Guard>ReturnFailed"].sort());
  });

  test("leaves out the lines of other executions", async () => {
    const other = record("ExecutionFailed", 1, { error: "No" }, `${ARN}-other`);
    expect((await read([...batchOfTwo(), other])).status).toBe("SUCCEEDED");
  });

  test("is undefined where the log holds nothing of it", async () => {
    logs.on(FilterLogEventsCommand).resolves({ events: [] });
    expect(await fromLog(inbox).read(ARN, { from: 0, to: 1 })).toBeUndefined();
  });
});

test("the drawing of the workflow has every state once, inside of what contains it, and no two on one place", () => {
  const definition = JSON.parse(
    renderWorkflow({ tableName: "t", busName: "b", bucketName: "k", recordRetentionDays: 1, providers: [] }),
  ) as Definition;
  const { nodes, edges, width, height } = drawingOf(graphOf(definition));
  const names = nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining([...Object.keys(definition.States), "Guard", "Enrich", "ReturnFailed"]),
  );
  for (const node of nodes) {
    expect(node.x).toBeGreaterThanOrEqual(0);
    expect(node.x + node.width).toBeLessThanOrEqual(width);
    expect(node.y + node.height).toBeLessThanOrEqual(height);
  }
  const leaves = nodes.filter(({ container }) => !container);
  for (const [index, a] of leaves.entries()) {
    for (const b of leaves.slice(index + 1)) {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect([a.name, b.name, apart]).toEqual([a.name, b.name, true]);
    }
  }
  for (const { points } of edges) expect(points.length).toBeGreaterThan(1);
});
