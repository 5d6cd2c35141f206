import { pc } from "../../terminal/colours";

const COLOURS: Readonly<Record<string, (text: string) => string>> = {
  published: pc.green,
  filtered: pc.green,
  received: pc.yellow,
  held: pc.yellow,
  failed: pc.red,
  dead_lettered: pc.red,
  rejected: pc.red,
  SUCCEEDED: pc.green,
  RUNNING: pc.yellow,
  FAILED: pc.red,
  TIMED_OUT: pc.red,
  ABORTED: pc.red,
};

/** Returns a status of a webhook or of an execution as a person reads it. */
export function statusText(status: string): string {
  const colour = COLOURS[status] ?? ((text: string) => text);
  return colour(status.toLowerCase());
}
