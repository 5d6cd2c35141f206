import type { Forwardable, Forwarded } from "../../inbox/operations/forward";
import { pc } from "../../terminal/colours";
import { sanitize } from "../../terminal/output";

/** Maximum number of characters of an answer that are shown. */
const MAX_ANSWER_LENGTH = 200;

/** Returns a forwarded webhook as JSON, for scripts. */
export function forwardedJson({ provider, id, type, receivedAt }: Forwardable, result: Forwarded) {
  const { status, ms, error, answer, accepted } = result;
  return {
    provider,
    id,
    type,
    receivedAt,
    accepted,
    status: status ?? null,
    ms,
    error: error ?? null,
    answer: answer ?? null,
  };
}

/** Returns a forwarded webhook as a line; if it was not accepted, with the answer or what to do below it. */
export function forwardedLine(
  { provider, id, type }: Forwardable,
  { accepted, status, ms, error, answer = "" }: Forwarded,
  now: number,
): string {
  const shown = String(status ?? "---");
  const columns = [
    pc.dim(new Date(now).toISOString().slice(11, 19)),
    accepted ? pc.green(shown) : pc.red(shown),
    `${ms} ms`.padStart(8),
    provider.padEnd(10),
    sanitize(type).padEnd(26),
    pc.bold(sanitize(id)),
  ];
  const below = accepted ? [] : [answer.trim().slice(0, MAX_ANSWER_LENGTH), error ?? ""];
  return [
    columns.join("  "),
    ...below.filter((text) => text !== "").map((text) => `          ${pc.red(sanitize(text))}`),
  ].join("\n");
}
