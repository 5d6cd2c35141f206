import { Option, type Command } from "commander";
import { secretStore, type SecretPlace, type SecretStore } from "../../inbox/secrets";
import { UsageError } from "../../inbox/errors";
import { withStackOptions, type StackOptions } from "./stack";
import { findStack } from "../../inbox/connect";
import type { Outputs } from "../../inbox/outputs";

export interface SecretOptions extends StackOptions {
  readonly ssm?: string;
  readonly secretsManager?: string;
}

export function withSecretOptions(command: Command): Command {
  return withStackOptions(command)
    .addOption(
      new Option("--ssm <name>", "the SSM parameter that holds them, where it is not the stack's").conflicts(
        "secretsManager",
      ),
    )
    .option("--secrets-manager <name>", "the secret in Secrets Manager that holds them");
}

/** Where a provider's secrets lie, and the scheme that they must fit where the stack knows it. @throws UsageError */
export async function findSecrets(
  provider: string,
  options: SecretOptions,
): Promise<{ readonly store: SecretStore; readonly scheme: string | undefined }> {
  const stack = await findStack(options);
  const known = stack.outputs.providers.find(({ name }) => name === provider);
  const place = placeOf(options) ?? known?.secret;
  if (!place) throw unknown(provider, stack.outputs);
  return { store: secretStore(place, stack), scheme: known?.scheme };
}

function placeOf({ ssm, secretsManager }: SecretOptions): SecretPlace | undefined {
  if (ssm !== undefined) return { ssm };
  return secretsManager === undefined ? undefined : { secretsManager };
}

function unknown(provider: string, { providers }: Outputs): UsageError {
  const names = providers.map(({ name }) => name).join(", ") || "none";
  return new UsageError(
    `The stack has no provider ${provider} (it has ${names}). Configure it first, or give --ssm or --secrets-manager.`,
  );
}
