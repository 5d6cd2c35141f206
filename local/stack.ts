import type { ConfigValues } from "./deployer/config";
import type { StackDescription } from "../inbox/local-stack";
import { startEmulator, type Emulator } from "./emulator";
import { metricsFromLogs } from "./gaps/embedded-metrics";
import { deliverEventsToLogs } from "./gaps/event-log-delivery";
import { configuredProviders, createConsumerSecrets, createSecrets } from "./secrets";
import { claimStackFile, type StackFile } from "./stack-file";

export interface LocalStackOptions {
  /** Values of the stack's configuration that differ from Pulumi.local.yaml. */
  readonly config?: ConfigValues;
  /**
   * Uses the usual port if it is free, and describes the stack to other commands. One stack per clone can. @default
   * false
   */
  readonly announce?: boolean;
  /** Where the functions' AWS calls go to; see {@link startEmulator}. */
  readonly functionsEndpoint?: string;
  /** Creates what the program refers to before it is deployed, such as the function of a consumer. */
  readonly prepare?: (emulator: Emulator) => Promise<void>;
  /** Called with a description of each step as it begins. */
  readonly onStep?: (step: string) => void;
}

export interface LocalStack extends StackDescription {
  readonly emulator: Emulator;
  /** File by which other commands find the stack, if it is announced. */
  readonly file?: StackFile;
  /** Resources made, and milliseconds that the deployment took. */
  readonly deployment: { readonly resources: number; readonly ms: number };
  /** Ends everything that was started; nothing is left but the cache. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product on a local AWS: emulator, secrets, the deployed program, and substitutes for what the
 * emulator lacks.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const onStep = options.onStep ?? (() => undefined);
  const file = options.announce ? claimStackFile() : undefined;
  const [emulator, { deploy }] = await Promise.all([
    startEmulator({
      onStep,
      preferUsualPort: options.announce ?? false,
      ...(options.functionsEndpoint !== undefined && { functionsEndpoint: options.functionsEndpoint }),
    }),
    // Load the deployer while the emulator starts: Pulumi takes a second.
    import("./deployer"),
  ]).catch((error: unknown) => {
    file?.release();
    throw error;
  });
  const ends: (() => Promise<void> | void)[] = [() => file?.release(), emulator.stop];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const [providers, consumerSecrets] = await Promise.all([
      createSecrets(emulator, configuredProviders(options.config)),
      createConsumerSecrets(emulator, options.config),
      options.prepare?.(emulator),
    ]);
    onStep("deploying the Pulumi program");
    const startedAt = performance.now();
    const { outputs, resources } = await deploy(emulator, options.config);
    const ms = Math.round(performance.now() - startedAt);
    const { ingestion_function_name: ingest, processing_function_name: process } = outputs;
    const functions = [
      ingest,
      process,
      outputs.recovery_function_name,
      outputs.reconciliation_function_name,
    ].filter((name) => name !== undefined);
    ends.push(
      metricsFromLogs(
        emulator,
        functions.map((name) => `/aws/lambda/${name}`),
      ),
    );
    ends.push(await deliverEventsToLogs(emulator, outputs.eventbridge_bus_arn.split("/").at(-1) ?? ""));

    const { endpoint, client } = emulator;
    const { credentials } = client;
    const description: StackDescription = { endpoint, credentials, outputs, providers, consumerSecrets };
    file?.describe(description);
    return { ...description, emulator, deployment: { resources, ms }, stop, ...(file && { file }) };
  } catch (error) {
    await stop();
    throw error;
  }
}
