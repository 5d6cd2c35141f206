import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { WebhookInboxArgs } from "./arguments";
import { DEFAULTS } from "./defaults";
import { keysAt, unknownKeys } from "./messages";
import { schema } from "./schema";
import { consumerWarnings, warnings } from "./warnings";

/** Arguments with a value for everything that has a default. */
export type Config = WebhookInboxArgs &
  Required<Pick<WebhookInboxArgs, keyof typeof DEFAULTS | "environmentSuffix">>;

/** Configurations that were already checked: index.ts passes its checked configuration to the component. */
const checked = new WeakSet<object>();

/**
 * Fills in the defaults and checks the arguments of an inbox. Warns about risks that a provider's scheme leaves open.
 * @param given the arguments; their types are checked too, since configuration and JavaScript have none
 * @param namespace prefix of each key in a message, such as `webhook-inbox`
 * @throws {pulumi.RunError} that lists every wrong key with its value and what is allowed; never the value of a secret
 */
export function complete(given: object, subject: string, namespace?: string): Config {
  if (checked.has(given)) return given as Config;
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const result = schema.safeParse(
    { environmentSuffix: pulumi.getStack(), ...DEFAULTS, ...set },
    { reportInput: true },
  );
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `- ${describe(issue, namespace)}`);
    throw new pulumi.RunError(`${subject} is not valid:\n${problems.join("\n")}`);
  }
  const { providers, consumers } = result.data;
  for (const warning of [...providers.flatMap(warnings), ...consumers.flatMap(consumerWarnings)])
    void pulumi.log.warn(warning);
  checked.add(result.data);
  return result.data;
}

/**
 * Returns an issue as a line: `webhook-inbox:providers[0].name = "Stripe": allowed are ...`.
 * @param namespace prefix of the key; undefined for none
 */
function describe(issue: z.core.$ZodIssue, namespace: string | undefined): string {
  const key = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
  const hidden =
    issue.path.includes("secret") ||
    issue.path.includes("verifyToken") ||
    issue.path.includes("apiKey") ||
    issue.input === undefined ||
    typeof issue.input === "object";
  const message =
    issue.code === "unrecognized_keys" ? unknownKeys(issue.keys, keysAt(schema, issue.path)) : issue.message;
  const path = [namespace, key].filter(Boolean).join(":");
  const value = hidden ? "" : ` = ${JSON.stringify(issue.input)}`;
  return path === "" ? message : `${path}${value}: ${message}`;
}
