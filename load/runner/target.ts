import { readFileSync } from "node:fs";
import type { SecretRef } from "../../functions/domain/secret-ref";
import { liveSecrets } from "../../functions/domain/stored-secrets";
import { connectLocal, inboxAt, type Inbox } from "../../inbox/connect";
import type { ConfiguredScheme } from "../../providers";
import { runningStack, type LocalProvider, type StackDescription } from "../../inbox/local-stack";
import type { StackOutputs } from "../../inbox/outputs";
import { secretStore } from "../../inbox/secrets";
import { PROJECT, stackConfig } from "../../local/deployer/config";
import { REGION } from "../../local/emulator";

/** The stack that the load is sent to. */
export interface Target {
  /** Address of `POST /webhook`. */
  readonly endpoint: string;
  readonly outputs: StackOutputs;
  readonly providers: Readonly<Record<string, LocalProvider>>;
  /** Client of the deployed inbox, to look up what became of the webhooks. */
  readonly inbox: Inbox;
  /** Whether the stack is on the emulator, whose log keeps events in the order of publishing. */
  readonly local: boolean;
}

/** Returns a stack on this machine: one that was just deployed, or the one of `npm start`. */
export function localTarget(stack: StackDescription): Target {
  const { outputs, providers } = stack;
  return { endpoint: outputs.api_endpoint, outputs, providers, inbox: connectLocal(stack), local: true };
}

/** @throws if no local stack is running */
export function runningTarget(): Target {
  const stack = runningStack();
  if (!stack)
    throw new Error("No local stack is running. Start one with `npm start`, or leave out --running.");
  return localTarget(stack);
}

export interface RemoteOptions {
  /** URL to send to. @default the stack's own endpoint */
  readonly url?: string | undefined;
  /** File with what `pulumi stack output --json` prints. */
  readonly outputs: string;
  /** Name of the stack, whose configuration lists the providers. */
  readonly name: string;
  readonly iOwnThisHost: boolean;
}

/**
 * Returns a stack on AWS: its outputs from a file, its providers from the configuration, their secrets from their
 * stores.
 */
export async function remoteTarget(options: RemoteOptions): Promise<Target> {
  const outputs = JSON.parse(readFileSync(options.outputs, "utf8")) as StackOutputs;
  const endpoint = (options.url ?? outputs.api_endpoint).replace(/\/+$/, "");
  assertOwnHost(endpoint, outputs.api_endpoint, options.iOwnThisHost);
  const config = stackConfig(options.name);
  const inbox = inboxAt(outputs, { region: config["aws:region"] ?? REGION });
  const configured = JSON.parse(config[`${PROJECT}:providers`] ?? "[]") as readonly {
    readonly name: string;
    readonly scheme: ConfiguredScheme;
    readonly secret: SecretRef;
  }[];
  const providers = configured.map(async ({ name, scheme, secret }): Promise<[string, LocalProvider]> => [
    name,
    { scheme, secret: await newestSecret(secret, inbox) },
  ]);
  return {
    endpoint,
    outputs,
    providers: Object.fromEntries(await Promise.all(providers)),
    inbox,
    local: false,
  };
}

/**
 * Checks that the load goes to the stack's own endpoint, so that a typing error cannot become an attack on someone
 * else.
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

/** Returns the newest secret that is still used. @throws if there is none */
async function newestSecret(ref: SecretRef, inbox: Inbox): Promise<string> {
  const { name, read } = secretStore(ref, inbox.clients);
  const [newest] = liveSecrets(await read(), Date.now());
  if (newest === undefined) throw new Error(`There is no secret in ${name}.`);
  return newest;
}
