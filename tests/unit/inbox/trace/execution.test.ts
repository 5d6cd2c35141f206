import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { fromLog } from "../../../../inbox/trace/executions";
import {
  edgesTaken,
  failedStates,
  graphOf,
  outcomeIn,
  visitsOf,
  type Definition,
} from "../../../../inbox/trace/graph";
import { inboxAt } from "../../../../inbox/connect";
import type { Outputs } from "../../../../inbox/outputs";
import { drawingOf } from "../../../../console/web/layout";
import { renderWorkflow } from "../../../../statemachines/render";
import { batchOfTwo, EXECUTION as ARN, logRecord as record } from "../../../support/express-log";

const logs = mockClient(CloudWatchLogsClient);
const inbox = inboxAt(
  { workflow_log_group_name: "/aws/vendedlogs/states/webhook-inbox-workflow-dev" } as Outputs,
  { region: "us-east-1" },
);

const definition = JSON.parse(
  renderWorkflow({
    tableName: "t",
    busName: "b",
    bucketName: "k",
    recordRetentionDays: 1,
    providers: [],
  }),
) as Definition;

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
    });
    expect(execution.states.find(({ name }) => name === "LookUpRecordsAgain")).toMatchObject({
      retries: 0,
      variables: { unread: "0" },
    });
    expect(Date.parse(lookUp?.exitedAt ?? "") - Date.parse(lookUp?.enteredAt ?? "")).toBe(60);
  });

  test("says what became of one webhook inside of the Map, apart from its neighbour", async () => {
    const execution = await read(batchOfTwo());
    const good = visitsOf(execution, 0);
    const bad = visitsOf(execution, 1);
    expect([good.has("ReturnFailed"), bad.has("ReturnFailed")]).toEqual([false, true]);
    expect(good.get("EnrichOne")?.error).toBeUndefined();
    expect(bad.get("EnrichOne")?.error).toEqual({ code: "States.QueryEvaluationError", message: "poison" });
    expect([outcomeIn(execution, 0), outcomeIn(execution, 1)]).toEqual(["published", "failed"]);
  });

  test("marks the states that failed for a webhook, and not those of its neighbour", async () => {
    const graph = graphOf(definition);
    const execution = await read(batchOfTwo());
    expect([...failedStates(graph, execution, 0)]).toEqual(["LookUpRecords"]);
    expect([...failedStates(graph, execution, 1)]).toEqual([
      "LookUpRecords",
      "EnrichEach",
      "Guard",
      "EnrichOne",
    ]);
    // As the emulator records it.
    const outside = {
      ...execution,
      states: execution.states.filter((state) => state.iteration === undefined),
    };
    expect([...failedStates(graph, outside, 1)]).toEqual(["LookUpRecords", "EnrichEach"]);
    expect([...failedStates(graph, outside, 0)]).toEqual(["LookUpRecords"]);
  });

  test("takes the edges of its path and no others", async () => {
    const execution = await read(batchOfTwo());
    const path = [
      "LookUpRecords>LookUpRecordsAgain",
      "LookUpRecordsAgain>EnrichEach",
      "EnrichEach>CheckBatch",
      "CheckBatch>PublishRun",
    ];
    const graph = graphOf(definition);
    expect([...edgesTaken(graph, execution, 0)].sort()).toEqual([...path].sort());
    expect([...edgesTaken(graph, execution, 1)].sort()).toEqual([...path, "Guard>ReturnFailed"].sort());
  });

  test("that ran out of time names the state in which it did", async () => {
    const began = batchOfTwo().slice(0, 3);
    const ended = record("ExecutionTimedOut", 3);
    const { status, endedAt, states } = await read([...began, ended]);
    expect(status).toBe("TIMED_OUT");
    expect(states).toMatchObject([
      { name: "LookUpRecords", exitedAt: endedAt, error: { code: "States.Timeout" } },
    ]);
    expect((await read(began)).states[0]).not.toHaveProperty("exitedAt");
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
    expect.arrayContaining([...Object.keys(definition.States), "Guard", "EnrichOne", "ReturnFailed"]),
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
