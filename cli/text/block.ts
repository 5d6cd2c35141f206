import { pc } from "../../terminal/colours";

/** Returns a heading over named lines; those without a value are left out. */
export function block(
  heading: string,
  lines: readonly (readonly [name: string, value: string | undefined])[],
): string {
  const shown = lines.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  // Keeps a value of several lines in its column.
  const indented = (value = "") => value.replaceAll("\n", `\n${" ".repeat(width + 4)}`);
  return [
    pc.bold(heading),
    ...shown.map(([name, value]) => `  ${pc.dim(name.padEnd(width))}  ${indented(value)}`),
  ].join("\n");
}
