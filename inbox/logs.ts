import {
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as pause } from "node:timers/promises";
import type { Inbox } from "./connect";

/** A span of time, in milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A structured line of a log. */
export interface LogLine {
  /** Time of the line, RFC 3339. */
  readonly at: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Thrown if a log is so busy that a search of it does not finish in time. */
export class LogTooBusyError extends Error {
  override readonly name = "LogTooBusyError";
}

type Search = Window & { readonly logGroupName: string; readonly text: string };

/** Milliseconds after which FilterLogEvents is given up for Logs Insights, and Logs Insights altogether. */
const FILTER_MS = 2_000;
const INSIGHTS_MS = 20_000;
const INSIGHTS_POLL_MS = 300;

/** Maximum number of lines that Logs Insights returns. */
const INSIGHTS_LINES = 10_000;

/**
 * Returns the structured lines that contain a text, in the order of time. Searches by FilterLogEvents, which costs
 * nothing and answers at once, but reads a megabyte per call. If that takes too long it uses Logs Insights, which
 * searches the whole log at once and bills what it reads ($0.005 per GB).
 * @throws {LogTooBusyError} if neither finishes in time
 */
export async function searchLog(
  inbox: Inbox,
  logGroupName: string,
  text: string,
  window: Window,
): Promise<readonly LogLine[]> {
  const search = { logGroupName, text, ...window };
  return unlessMissing(async () => (await filterLog(inbox, search)) ?? queryLog(inbox, search));
}

/** Returns no lines if nothing has been logged yet, or the log has expired. */
async function unlessMissing(read: () => Promise<readonly LogLine[]>): Promise<readonly LogLine[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

/** Returns the lines that FilterLogEvents finds; undefined if it takes too long. */
async function filterLog(inbox: Inbox, search: Search): Promise<LogLine[] | undefined> {
  const deadline = Date.now() + FILTER_MS;
  const lines: LogLine[] = [];
  for await (const page of pagesOf(inbox, search)) {
    lines.push(...page.lines);
    if (!page.last && Date.now() > deadline) return undefined;
  }
  return lines;
}

/**
 * Yields the structured lines that contain a text, by FilterLogEvents: each page covers a megabyte of the log, even if
 * nothing in it matches. Free of charge.
 * @throws {ResourceNotFoundException} if nothing has been logged yet
 */
export async function* pagesOf(
  inbox: Inbox,
  { logGroupName, text, from, to }: Search,
): AsyncGenerator<{ readonly lines: readonly LogLine[]; readonly last: boolean }> {
  const term = plainPart(text);
  let nextToken: string | undefined;
  do {
    const page = await inbox.clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: from,
        endTime: to,
        filterPattern: term === "" ? "" : `"${term}"`,
        nextToken,
      }),
    );
    nextToken = page.nextToken;
    yield {
      lines: (page.events ?? []).flatMap(({ timestamp = 0, message = "" }) => toLine(timestamp, message)),
      last: nextToken === undefined,
    };
  } while (nextToken !== undefined);
}

/**
 * Number of log streams (one for each instance of a function), and of lines of each, that {@link newestLines} reads.
 */
const NEWEST_STREAMS = 5;
const NEWEST_LINES = 100;

/**
 * Returns the newest structured lines of a function's log, in the order of time. Reads only the last instances'
 * streams, which takes few calls however large the log is.
 */
export async function newestLines(inbox: Inbox, logGroupName: string): Promise<readonly LogLine[]> {
  return unlessMissing(async () => {
    const { logStreams = [] } = await inbox.clients.logs.send(
      new DescribeLogStreamsCommand({
        logGroupName,
        orderBy: "LastEventTime",
        descending: true,
        limit: NEWEST_STREAMS,
      }),
    );
    const pages = await Promise.all(
      logStreams.map(({ logStreamName }) =>
        inbox.clients.logs.send(
          new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: false, limit: NEWEST_LINES }),
        ),
      ),
    );
    const lines = pages.flatMap(({ events = [] }) =>
      events.flatMap(({ timestamp = 0, message = "" }) => toLine(timestamp, message)),
    );
    return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  });
}

async function queryLog(inbox: Inbox, { logGroupName, text, from, to }: Search): Promise<LogLine[]> {
  const { logs } = inbox.clients;
  const deadline = Date.now() + INSIGHTS_MS;
  const { queryId } = await logs.send(
    new StartQueryCommand({
      logGroupName,
      startTime: Math.floor(from / 1000),
      endTime: Math.ceil(to / 1000),
      queryString: `fields @timestamp, @message | filter @message like "${plainPart(text)}" | sort @timestamp asc`,
      limit: INSIGHTS_LINES,
    }),
  );
  while (Date.now() < deadline) {
    const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
    if (status === "Complete") {
      return results.flatMap((fields) => {
        const field = (name: string) => fields.find((one) => one.field === name)?.value ?? "";
        // `2026-01-02 03:04:05.678`, in UTC.
        return toLine(Date.parse(`${field("@timestamp").replace(" ", "T")}Z`), field("@message"));
      });
    }
    if (status !== "Running" && status !== "Scheduled") break;
    await pause(INSIGHTS_POLL_MS);
  }
  throw new LogTooBusyError(`${logGroupName} holds too much to search in a moment`);
}

/**
 * Returns the longest part of a text that needs no escaping in a pattern or a query. A search for it finds all wanted
 * lines and possibly more, which the caller drops after parsing them.
 */
function plainPart(text: string): string {
  const [longest = ""] = (text.match(/[\w:./-]+/g) ?? []).sort((a, b) => b.length - a.length);
  return longest;
}

/**
 * Prefix that Lambda's Node runtime adds to a text of `console.log`: time, request id and level, with tabs between
 * them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
const RUNTIME_PREFIX = /^[^\t{]*\t[^\t{]*\t[A-Z]+\t(?=\{)/;

/**
 * Returns the structured line of a message, with or without the runtime's prefix; no line if the message is not JSON,
 * as is the case for Lambda's own lines.
 */
function toLine(timestamp: number, message: string): LogLine[] {
  const text = message.replace(RUNTIME_PREFIX, "");
  if (!text.startsWith("{")) return [];
  try {
    return [{ at: new Date(timestamp).toISOString(), json: JSON.parse(text) as Record<string, unknown> }];
  } catch {
    return [];
  }
}
