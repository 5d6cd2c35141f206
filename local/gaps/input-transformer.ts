import type { InputTransformer } from "@aws-sdk/client-eventbridge";

/** A string of a JSON template, with its quotes, or a variable outside of any string. */
const TEXT_OR_VARIABLE = /"(?:[^"\\]|\\.)*"|<[\w.-]+>/g;

/**
 * Returns what EventBridge makes of an event for a target, by its documented rules. Outside of a string, a variable is
 * replaced by JSON. Inside of a string, it is replaced by text that is not escaped: an object loses its quotes, and a
 * path that leads nowhere gives nothing.
 * @see
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
 */
export function transformInput(
  { InputPathsMap = {}, InputTemplate = "" }: InputTransformer,
  event: unknown,
): string {
  const valueOf = (variable: string): unknown => at(event, InputPathsMap[variable.slice(1, -1)] ?? "");
  return InputTemplate.replace(TEXT_OR_VARIABLE, (part) =>
    part.startsWith("<")
      ? (JSON.stringify(valueOf(part)) ?? "")
      : part.replace(/<[\w.-]+>/g, (variable) => asText(valueOf(variable))),
  );
}

function asText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");
}

/** Returns the value at a path such as `$.detail.items[0]`. */
function at(event: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]]+/g) ?? [];
  if (steps[0] !== "$") return undefined;
  return steps
    .slice(1)
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], event);
}
