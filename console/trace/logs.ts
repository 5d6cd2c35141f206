import { FilterLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import type { Inbox } from "./inbox";

/** A span of time, in milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A structured line of a log. */
export interface LogLine {
  /** RFC 3339. */
  readonly at: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Thrown where a log is so busy that a search of it does not come to its end. */
export class LogTooBusyError extends Error {
  override readonly name = "LogTooBusyError";
}

/** Milliseconds that the search of one log may take. */
const DEADLINE_MS = 8_000;

/**
 * Structured lines that hold a text, in the order of time. The window keeps a search short whatever the log holds;
 * CloudWatch reads about a megabyte per call.
 * @throws {LogTooBusyError} where the window alone holds more than can be read in a few seconds
 */
export async function searchLog(
  inbox: Inbox,
  logGroupName: string,
  text: string,
  window: Window,
): Promise<readonly LogLine[]> {
  const deadline = Date.now() + DEADLINE_MS;
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  try {
    do {
      if (Date.now() > deadline)
        throw new LogTooBusyError(`${logGroupName} holds too much to search in a moment`);
      const page = await inbox.clients.logs.send(
        new FilterLogEventsCommand({
          logGroupName,
          startTime: window.from,
          endTime: window.to,
          filterPattern: pattern(text),
          nextToken,
        }),
      );
      for (const { message = "", timestamp = 0 } of page.events ?? []) {
        const json = parse(message);
        if (json) lines.push({ at: new Date(timestamp).toISOString(), json });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    // Nothing has been logged yet, or the log is kept no longer.
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
  return lines;
}

/**
 * The longest part of the text that needs no escaping, as a quoted term: finds all that is looked for and perhaps more,
 * which the caller leaves out by the parsed line.
 */
function pattern(text: string): string {
  const [longest] = (text.match(/[\w:./-]+/g) ?? []).sort((a, b) => b.length - a.length);
  return longest === undefined ? "" : `"${longest}"`;
}

function parse(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith("{")) return undefined;
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
