import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { inboxAt } from "../../../inbox/connect";
import type { Outputs } from "../../../inbox/outputs";
import { LogTooBusyError, searchLog } from "../../../inbox/logs";

const inbox = inboxAt({} as Outputs, { region: "us-east-1" });
const logs = mockClient(CloudWatchLogsClient);
const WINDOW = { from: 1_767_225_600_000, to: 1_767_225_660_000 };
const search = (text = "evt_1") => searchLog(inbox, "/aws/lambda/ingest", text, WINDOW);

beforeEach(() => logs.reset());

/** FilterLogEvents that never comes to its end, each page taking a second. */
function busy() {
  let clock = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => clock);
  logs.on(FilterLogEventsCommand).callsFake(() => {
    clock += 1_000;
    return { events: [], nextToken: "more" };
  });
  return (ms: number) => (clock += ms);
}
afterEach(() => jest.restoreAllMocks());

test("reads every page within the window, and only lines that are structured", async () => {
  const [at, message] = [WINDOW.from, '{"id":"evt_1"}'];
  logs
    .on(FilterLogEventsCommand)
    .resolvesOnce({ events: [{ timestamp: at, message }], nextToken: "next" })
    .resolves({
      events: [
        { timestamp: at, message: "START RequestId: evt_1" },
        { timestamp: at + 1, message },
      ],
    });
  expect(await search()).toEqual([
    { at: "2026-01-01T00:00:00.000Z", json: { id: "evt_1" } },
    { at: "2026-01-01T00:00:00.001Z", json: { id: "evt_1" } },
  ]);
  expect(logs.commandCalls(FilterLogEventsCommand)[1]?.args[0].input).toMatchObject({
    startTime: WINDOW.from,
    endTime: WINDOW.to,
    filterPattern: '"evt_1"',
    nextToken: "next",
  });
});

test("reads the line behind what Lambda's Node runtime puts before it", async () => {
  const message = '2026-01-01T00:00:00.000Z\t8f5a1b1e-6b0c-4a55-9d20-000000000001\tINFO\t{"id":"evt_1"}\n';
  const other = "2026-01-01T00:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{not json";
  logs.on(FilterLogEventsCommand).resolves({
    events: [
      { timestamp: WINDOW.from, message },
      { timestamp: WINDOW.from, message: other },
    ],
  });
  expect(await search()).toEqual([{ at: "2026-01-01T00:00:00.000Z", json: { id: "evt_1" } }]);
});

test("an id that a provider chose is no part of the pattern's or the query's language", async () => {
  logs.on(FilterLogEventsCommand).resolves({ events: [] });
  await search('a" | filter 1=1 #evt_long_part');
  expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input.filterPattern).toBe('"evt_long_part"');
});

test("a busy log is searched by Logs Insights", async () => {
  busy();
  logs.on(StartQueryCommand).resolves({ queryId: "q" });
  logs
    .on(GetQueryResultsCommand)
    .resolvesOnce({ status: "Running" })
    .resolves({
      status: "Complete",
      results: [
        [
          { field: "@timestamp", value: "2026-01-01 00:00:05.250" },
          { field: "@message", value: '{"id":"evt_1"}' },
        ],
      ],
    });
  expect(await search()).toEqual([{ at: "2026-01-01T00:00:05.250Z", json: { id: "evt_1" } }]);
  expect(logs.commandCalls(StartQueryCommand)[0]?.args[0].input).toMatchObject({
    startTime: WINDOW.from / 1_000,
    endTime: WINDOW.to / 1_000,
    queryString: expect.stringContaining('filter @message like "evt_1"') as string,
  });
});

test("what neither finishes is reported as such", async () => {
  const pass = busy();
  logs.on(StartQueryCommand).resolves({ queryId: "q" });
  logs.on(GetQueryResultsCommand).callsFake(() => {
    pass(10_000);
    return { status: "Running" };
  });
  await expect(search()).rejects.toThrow(LogTooBusyError);
});

test("a log that is not there holds nothing", async () => {
  logs.on(FilterLogEventsCommand).rejects(new ResourceNotFoundException({ message: "gone", $metadata: {} }));
  expect(await search()).toEqual([]);
});
