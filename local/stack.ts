import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { ConfigValues } from "./deployer/config";
import type { StackOutputs } from "./deployer";
import { startEmulator, type Emulator } from "./emulator";
import { metricsFromLogs } from "./gaps/embedded-metrics";
import { deliverEventsToLogs } from "./gaps/event-log-delivery";
import { CACHE } from "./paths";
import { configuredProviders, createSecrets, type LocalProvider } from "./secrets";
import { STACK_FILE } from "./stack-file";

export { STACK_FILE };

/** What {@link STACK_FILE} holds. The secrets are random ones of the local stack. */
export interface StackDescription {
  readonly endpoint: string;
  readonly outputs: StackOutputs;
  readonly providers: Readonly<Record<string, LocalProvider>>;
}

export interface LocalStackOptions {
  /** Values of the stack's configuration that differ from Pulumi.local.yaml. */
  readonly config?: ConfigValues;
  /** Takes the usual port where it is free, and leaves word for other commands. @default false */
  readonly announce?: boolean;
  /** Where the functions' AWS calls go to; see {@link startEmulator}. */
  readonly functionsEndpoint?: string;
  /** Told each step as it begins. */
  readonly onStep?: (step: string) => void;
}

export interface LocalStack extends StackDescription {
  readonly emulator: Emulator;
  /** Resources made, and milliseconds that the deployment took. */
  readonly deployment: { readonly resources: number; readonly ms: number };
  /** Ends everything that was started; nothing is left but the cache. */
  stop(): Promise<void>;
}

/** The whole product on a local AWS: emulator, secrets, the deployed program, and what the emulator lacks. */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const onStep = options.onStep ?? (() => undefined);
  const [emulator, { deploy }] = await Promise.all([
    startEmulator({
      onStep,
      preferUsualPort: options.announce ?? false,
      ...(options.functionsEndpoint !== undefined && { functionsEndpoint: options.functionsEndpoint }),
    }),
    // Pulumi takes a second to load; the emulator starts meanwhile.
    import("./deployer"),
  ]);
  const ends: (() => Promise<void>)[] = [emulator.stop];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const providers = await createSecrets(emulator, configuredProviders(options.config));
    onStep("deploying the Pulumi program");
    const startedAt = performance.now();
    const { outputs, resources } = await deploy(emulator, options.config);
    const ms = Math.round(performance.now() - startedAt);
    const functions = [outputs.ingestion_function_name, outputs.processing_function_name];
    ends.push(
      metricsFromLogs(
        emulator,
        functions.map((name) => `/aws/lambda/${name}`),
      ),
    );
    ends.push(await deliverEventsToLogs(emulator, outputs.eventbridge_bus_arn.split("/").at(-1) ?? ""));

    const description: StackDescription = { endpoint: emulator.endpoint, outputs, providers };
    if (options.announce) ends.push(announce(description));
    return { ...description, emulator, deployment: { resources, ms }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function announce(description: StackDescription): () => Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(STACK_FILE, JSON.stringify(description, null, 2), { mode: 0o600 });
  return () => Promise.resolve(rmSync(STACK_FILE, { force: true }));
}
