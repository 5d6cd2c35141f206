import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomBytes } from "node:crypto";
import { PROJECT, stackConfig, type ConfigValues } from "./deployer/config";
import type { LocalProvider } from "../inbox/local-stack";
import type { Emulator } from "./emulator";
import type { SecretRef } from "../functions/domain/secret-ref";
import { AWAITED } from "../functions/domain/stored-secrets";
import type { ConfiguredScheme } from "../providers";
import { newSecret } from "../providers/new-secret";

/** Where a secret is stored, and whether its provider sends it in a handshake. */
type LearnableSecretRef = SecretRef & { readonly learn?: boolean };

interface Configured {
  readonly name: string;
  readonly scheme: ConfiguredScheme;
  readonly secret?: LearnableSecretRef;
  readonly verifyToken?: LearnableSecretRef;
  readonly url?: string;
}

/** Returns the providers of the local stack, as its configuration names them; the program checks them when it runs. */
export function configuredProviders(overrides?: ConfigValues): readonly Configured[] {
  return JSON.parse(stackConfig("local", overrides)[`${PROJECT}:providers`] ?? "[]") as readonly Configured[];
}

interface ConfiguredConsumer {
  readonly name: string;
  readonly http?: { readonly secret: SecretRef };
}

/**
 * Stores a random secret for every consumer over HTTP, where the delivery function looks for it.
 * @returns the secrets by the consumers' names
 */
export async function createConsumerSecrets(
  emulator: Emulator,
  overrides?: ConfigValues,
): Promise<Record<string, string>> {
  const store = storeIn(emulator);
  const text = stackConfig("local", overrides)[`${PROJECT}:consumers`] ?? "[]";
  const made = (JSON.parse(text) as readonly ConfiguredConsumer[]).flatMap(({ name, http }) => {
    if (!http) return [];
    // Use a form that most schemes accept, for consumers that get requests in the provider's original form.
    const { secret } = newSecret("standard-webhooks");
    return [store(http.secret, secret).then((): [string, string] => [name, secret])];
  });
  return Object.fromEntries(await Promise.all(made));
}

function storeIn({ client }: Emulator) {
  const ssm = new SSMClient(client);
  const secretsManager = new SecretsManagerClient(client);
  return async (ref: LearnableSecretRef | undefined, secret: string): Promise<void> => {
    if (ref === undefined) return;
    if ("ssm" in ref) {
      await ssm.send(
        new PutParameterCommand({ Name: ref.ssm, Value: secret, Type: "SecureString", Overwrite: true }),
      );
    } else {
      await secretsManager.send(new CreateSecretCommand({ Name: ref.secretsManager, SecretString: secret }));
    }
  };
}

/** Stores a random secret for every configured provider, where the ingestion function looks for it. */
export async function createSecrets(
  emulator: Emulator,
  providers: readonly Configured[],
): Promise<Record<string, LocalProvider>> {
  const store = storeIn(emulator);
  const made = providers.map(async ({ name, ...configured }): Promise<[string, LocalProvider]> => {
    const { scheme, url } = configured;
    const { secret, signWith } = newSecret(scheme);
    await store(configured.secret, configured.secret?.learn ? AWAITED : secret);
    const verifyToken = configured.verifyToken && randomBytes(12).toString("hex");
    if (verifyToken) await store(configured.verifyToken, verifyToken);
    const signing = { scheme, secret: signWith, ...(url && { signedUrl: url }) };
    return [name, { ...signing, ...(verifyToken && { verifyToken }) }];
  });
  return Object.fromEntries(await Promise.all(made));
}
