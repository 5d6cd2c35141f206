import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { inboxAt } from "../../../inbox/connect";
import type { Outputs } from "../../../inbox/outputs";
import { followEvents, type BusEvent } from "../../../inbox/events";

const SINCE = 1_767_225_600_000;
const logs = mockClient(CloudWatchLogsClient);
const inbox = inboxAt({ event_log_group_name: "/aws/events/inbox" } as Outputs, {
  region: "us-east-1",
  // Looks more often than on AWS; no call leaves this process.
  endpoint: "http://127.0.0.1:9",
});

/** An event in the log, this many milliseconds after the beginning. */
const logged = (id: string, ms: number, provider = "acme") => ({
  timestamp: SINCE + ms,
  message: JSON.stringify({ id, source: `webhook.${provider}`, detail: { id } }),
});

/** What is shown until there are this many events, of a log that holds this at each look. */
async function follow(looks: ReturnType<typeof logged>[][], count: number, provider?: string) {
  const pages = [...looks];
  logs.on(FilterLogEventsCommand).callsFake(() => ({ events: pages.length > 1 ? pages.shift() : pages[0] }));
  return take(count, provider);
}

async function take(count: number, provider?: string): Promise<string[]> {
  const ending = new AbortController();
  const options = { since: SINCE, signal: ending.signal, ...(provider !== undefined && { provider }) };
  const shown: BusEvent[] = [];
  for await (const event of followEvents(inbox, options)) {
    shown.push(event);
    if (shown.length === count) ending.abort();
  }
  return shown.map(({ id }) => id);
}

beforeEach(() => logs.reset());

test("each event is shown once, in the order of time, whichever stream it was written to", async () => {
  const [a, b, c] = [logged("a", 0), logged("b", 1_000), logged("c", 2_000)];
  expect(
    await follow(
      [
        [b, a],
        [b, a, c],
      ],
      3,
    ),
  ).toEqual(["a", "b", "c"]);
});

test("one that comes late is not missed", async () => {
  const late = logged("late", 500);
  const [newer, newest] = [logged("newer", 8_000), logged("newest", 9_000)];
  expect(await follow([[newer], [late, newer], [late, newer, newest]], 3)).toEqual([
    "newer",
    "late",
    "newest",
  ]);
});

test("what was shown long ago is not searched again", async () => {
  await follow([[logged("a", 0)], [logged("b", 60_000)], [logged("b", 60_000), logged("c", 61_000)]], 3);
  const from = logs.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input.startTime);
  expect(from).toEqual([SINCE, SINCE, SINCE + 50_000]);
});

test("another provider's are left out, also where their text holds the name", async () => {
  const other = {
    timestamp: SINCE,
    message: JSON.stringify({ id: "x", source: "webhook.acme-2", detail: {} }),
  };
  expect(await follow([[other, logged("a", 0)]], 1, "acme")).toEqual(["a"]);
  expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input.filterPattern).toBe('"webhook.acme"');
});

test("a log that is not there yet is waited for", async () => {
  logs
    .on(FilterLogEventsCommand)
    .rejectsOnce(new ResourceNotFoundException({ message: "not yet", $metadata: {} }))
    .resolves({ events: [logged("a", 0)] });
  expect(await take(1)).toEqual(["a"]);
});
