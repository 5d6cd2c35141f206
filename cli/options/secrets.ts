import { Option, type Command } from "commander";
import { secretStore, type SecretStore } from "../../inbox/secrets";
import { UsageError } from "../../inbox/errors";
import { withStackOptions, type StackOptions } from "./stack";
import { connect } from "../../inbox/connect";
import type { ConfiguredScheme } from "../../providers";
import { providerNamed, unknownProvider } from "../../inbox/outputs";
import type { SecretRef } from "../../functions/domain/secret-ref";

export interface SecretOptions extends StackOptions {
  readonly ssm?: string;
  readonly secretsManager?: string;
}

export function withSecretOptions(command: Command): Command {
  return withStackOptions(command)
    .addOption(
      new Option("--ssm <name>", "SSM parameter that holds them, instead of the stack's").conflicts(
        "secretsManager",
      ),
    )
    .option("--secrets-manager <name>", "the secret in Secrets Manager that holds them");
}

/** Returns where a provider's secrets are stored and, if the stack knows it, their scheme. @throws UsageError */
export async function findSecrets(
  provider: string,
  options: SecretOptions,
): Promise<{ readonly store: SecretStore; readonly scheme: ConfiguredScheme | undefined }> {
  const { outputs, clients } = await connect(options);
  const known = providerNamed(provider, outputs);
  const given = refOf(options);
  const names = outputs.providers.map(({ name }) => name);
  if (!given && !known) throw unknownProvider(provider, names);
  const ref = given ?? known?.secret;
  if (!ref)
    throw new UsageError(
      `${provider} has no secret: its scheme signs nothing. Give --ssm or --secrets-manager.`,
    );
  return { store: secretStore(ref, clients), scheme: known?.scheme };
}

function refOf({ ssm, secretsManager }: SecretOptions): SecretRef | undefined {
  if (ssm !== undefined) return { ssm };
  return secretsManager === undefined ? undefined : { secretsManager };
}
