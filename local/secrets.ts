import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomBytes } from "node:crypto";
import { PROJECT, stackConfig, type ConfigValues } from "./deployer/config";
import type { Emulator } from "./emulator";

/** A provider of the local stack, and the secret that it signs with. */
export interface LocalProvider {
  readonly scheme: string;
  readonly secret: string;
}

interface Configured {
  readonly name: string;
  readonly scheme: string;
  readonly secret?: { readonly ssm?: string; readonly secretsManager?: string };
}

/** The providers of the local stack, as its configuration names them; the program checks them when it runs. */
export function configuredProviders(overrides?: ConfigValues): readonly Configured[] {
  return JSON.parse(stackConfig("local", overrides)[`${PROJECT}:providers`] ?? "[]") as readonly Configured[];
}

/** Gives every configured provider a random secret, where the ingestion function will look for it. */
export async function createSecrets(
  emulator: Emulator,
  providers: readonly Configured[],
): Promise<Record<string, LocalProvider>> {
  const ssm = new SSMClient(emulator.client);
  const secretsManager = new SecretsManagerClient(emulator.client);
  const made = providers.map(async ({ name, scheme, secret: place }): Promise<[string, LocalProvider]> => {
    // A form that every scheme takes: some decode what comes after the prefix, the others use the text as it is.
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    if (place?.ssm !== undefined) {
      await ssm.send(
        new PutParameterCommand({ Name: place.ssm, Value: secret, Type: "SecureString", Overwrite: true }),
      );
    } else if (place?.secretsManager !== undefined) {
      await secretsManager.send(
        new CreateSecretCommand({ Name: place.secretsManager, SecretString: secret }),
      );
    }
    return [name, { scheme, secret }];
  });
  return Object.fromEntries(await Promise.all(made));
}
