import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../paths";

export const PROJECT = "webhook-inbox";

/** Configuration values by key, without the project's namespace. */
export type ConfigValues = Readonly<Record<string, unknown>>;

/**
 * Returns the configuration that the Pulumi CLI would pass to the program for a stack. Values of Pulumi.yaml are
 * overridden by Pulumi.<stack>.yaml, and those by the caller's; structured values are JSON.
 */
export function stackConfig(stack: string, overrides: ConfigValues = {}): Record<string, string> {
  const values = { ...readConfig("Pulumi.yaml"), ...readConfig(`Pulumi.${stack}.yaml`), ...overrides };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key.includes(":") ? key : `${PROJECT}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

function readConfig(file: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(ROOT, file), "utf8")) as { config?: Record<string, unknown> };
  const prefix = `${PROJECT}:`;
  return Object.fromEntries(
    Object.entries(config ?? {}).map(([key, value]) => [
      key.startsWith(prefix) ? key.slice(prefix.length) : key,
      value,
    ]),
  );
}
