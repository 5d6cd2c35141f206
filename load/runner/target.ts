import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readFileSync } from "node:fs";
import type { StackOutputs } from "../../local/deployer";
import { PROJECT, stackConfig } from "../../local/deployer/config";
import { REGION } from "../../local/emulator";
import type { LocalProvider } from "../../local/secrets";
import type { StackDescription } from "../../local/stack";
import { runningStack } from "../../local/stack-file";

/** What is fired at, and where to look afterwards. */
export interface Target {
  /** Address of `POST /webhook`. */
  readonly endpoint: string;
  readonly outputs: StackOutputs;
  readonly providers: Readonly<Record<string, LocalProvider>>;
  /** What AWS SDK clients take to reach the stack; empty for AWS itself, as the shell is set up. */
  readonly client: object;
  /** On the emulator, whose log keeps events in the order of publishing. */
  readonly local: boolean;
}

/** A stack of this machine: one that was just made, or that of `npm start`. */
export function localTarget({ endpoint, credentials, outputs, providers }: StackDescription): Target {
  const client = { endpoint, region: REGION, credentials };
  return { endpoint: outputs.api_endpoint, outputs, providers, client, local: true };
}

/** @throws where none is running */
export function runningTarget(): Target {
  const stack = runningStack();
  if (!stack)
    throw new Error("No local stack is running. Start one with `npm start`, or leave out --running.");
  return localTarget(stack);
}

export interface RemoteOptions {
  /** Where to send; the stack's own endpoint where it is not given. */
  readonly url?: string | undefined;
  /** File with what `pulumi stack output --json` prints. */
  readonly outputs: string;
  /** Name of the stack, for its providers. */
  readonly name: string;
  readonly iOwnThisHost: boolean;
}

/** A stack on AWS: its outputs from a file, its providers from the configuration, their secrets from where they are kept. */
export async function remoteTarget(options: RemoteOptions): Promise<Target> {
  const outputs = JSON.parse(readFileSync(options.outputs, "utf8")) as StackOutputs;
  const endpoint = (options.url ?? outputs.api_endpoint).replace(/\/+$/, "");
  assertOwnHost(endpoint, outputs.api_endpoint, options.iOwnThisHost);
  const config = stackConfig(options.name);
  const client = { region: config["aws:region"] ?? REGION };
  const configured = JSON.parse(config[`${PROJECT}:providers`] ?? "[]") as readonly {
    readonly name: string;
    readonly scheme: string;
    readonly secret: { readonly ssm?: string; readonly secretsManager?: string };
  }[];
  const providers = configured.map(async ({ name, scheme, secret }): Promise<[string, LocalProvider]> => [
    name,
    { scheme, secret: newest(await readSecret(secret, client)) },
  ]);
  return {
    endpoint,
    outputs,
    providers: Object.fromEntries(await Promise.all(providers)),
    client,
    local: false,
  };
}

/**
 * Load goes to the stack's own endpoint and nowhere else: a typing error must not become an attack on someone.
 * @throws naming both hosts
 */
export function assertOwnHost(url: string, own: string, iOwnThisHost: boolean): void {
  const host = hostOf(url);
  if (host === hostOf(own) || iOwnThisHost) return;
  throw new Error(
    `${host} is not the stack's own endpoint (${hostOf(own)}). Where it is yours, a domain name in front of the stack for example, say so with --i-own-this-host.`,
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    throw new Error(
      `${url} is no address; give one such as https://abc.execute-api.us-east-1.amazonaws.com/v1/webhook`,
    );
  }
}

async function readSecret(
  { ssm, secretsManager }: { readonly ssm?: string; readonly secretsManager?: string },
  client: object,
): Promise<string> {
  if (ssm !== undefined) {
    const { Parameter } = await new SSMClient(client).send(
      new GetParameterCommand({ Name: ssm, WithDecryption: true }),
    );
    return Parameter?.Value ?? "";
  }
  const { SecretString } = await new SecretsManagerClient(client).send(
    new GetSecretValueCommand({ SecretId: secretsManager }),
  );
  return SecretString ?? "";
}

/** Several secrets at once are kept as a JSON array, newest first. */
function newest(stored: string): string {
  if (!stored.startsWith("[")) return stored;
  const [first = ""] = JSON.parse(stored) as string[];
  return first;
}
