import * as pulumi from "@pulumi/pulumi";
import { complete, type Config } from "./complete";

export { complete, type Config };
export { silenceOf, type Silence } from "./expect-every";
export type * from "./arguments";

const NAMESPACE = "webhook-inbox";

/** Keys whose values are plain text and not JSON. */
const TEXTS = [
  "environmentSuffix",
  "serviceName",
  "executionLogLevel",
  "alarmEmail",
  "alarmTopicArn",
  "kmsKeyArn",
  "permissionsBoundaryArn",
  "webAclArn",
];

/**
 * Reads the stack's configuration, which no other code does.
 * @throws {pulumi.RunError} that lists every wrong key with its value and what is allowed; never the value of a secret
 */
export function loadConfig(): Config {
  const config = new pulumi.Config(NAMESPACE);
  const given = givenKeys().map((key) => [key, TEXTS.includes(key) ? config.get(key) : parsed(config, key)]);
  return complete(
    { providers: [], ...Object.fromEntries(given) },
    "The configuration of this stack",
    NAMESPACE,
  );
}

/** Returns every key of the namespace that is set, known or not, so that a misspelt one is rejected and not ignored. */
function givenKeys(): string[] {
  const prefix = `${NAMESPACE}:`;
  return Object.keys(pulumi.runtime.allConfig() ?? {})
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

/**
 * Parses a value as a number or a structure; returns the text itself if it is neither, so that the check can name it.
 */
function parsed(config: pulumi.Config, key: string): unknown {
  const text = config.require(key);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
