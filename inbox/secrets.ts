import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  DescribeParametersCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { Clients } from "./connect";
import type { SecretRef } from "../functions/domain/secret-ref";
import { SecretProblemError } from "../functions/domain/secret-problem";
import {
  formatSecrets,
  isAwaited,
  parseSecrets,
  type StoredSecret,
} from "../functions/domain/stored-secrets";

/** The stored secrets of a provider. */
export interface SecretStore {
  /** Where the secrets are stored, for people: the service and the name. */
  readonly name: string;
  /**
   * Reads the secrets; none if nothing is stored under this name yet.
   * @throws SecretProblemError if the stored text is not a secret, or if the provider has not sent the secret yet
   */
  read(): Promise<readonly StoredSecret[]>;
  write(secrets: readonly StoredSecret[]): Promise<void>;
}

export function secretStore(
  ref: SecretRef,
  { ssm, secretsManager }: Pick<Clients, "ssm" | "secretsManager">,
): SecretStore {
  return "ssm" in ref
    ? inParameter(ref.ssm, ref.kmsKeyArn, ssm)
    : inSecretsManager(ref.secretsManager, ref.kmsKeyArn, secretsManager);
}

function parsed(name: string, text: string | undefined): readonly StoredSecret[] {
  try {
    return parseSecrets(text ?? "");
  } catch (error) {
    throw new SecretProblemError(
      isAwaited(text ?? "") ? "secret_missing" : "secret_malformed",
      `What is stored as ${name} ${(error as Error).message}.`,
    );
  }
}

function inParameter(Name: string, kmsKeyArn: string | undefined, ssm: SSMClient): SecretStore {
  /**
   * Returns the key that encrypts the parameter now: if a write names no key, the account's default key is used
   * instead.
   */
  async function currentKey(): Promise<string | undefined> {
    const { Parameters = [] } = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [Name] }],
      }),
    );
    return Parameters[0]?.KeyId;
  }

  return {
    name: `the SSM parameter ${Name}`,
    async read() {
      try {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
        return parsed(Name, Parameter?.Value);
      } catch (error) {
        if (error instanceof ParameterNotFound) return [];
        throw error;
      }
    },
    async write(secrets) {
      const KeyId = (await currentKey()) ?? kmsKeyArn;
      await ssm.send(
        new PutParameterCommand({
          Name,
          Value: formatSecrets(secrets),
          Type: "SecureString",
          Overwrite: true,
          ...(KeyId !== undefined && { KeyId }),
        }),
      );
    },
  };
}

function inSecretsManager(
  name: string,
  kmsKeyArn: string | undefined,
  client: SecretsManagerClient,
): SecretStore {
  return {
    name: `the secret ${name} in Secrets Manager`,
    async read() {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
        return parsed(name, SecretString);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return [];
        throw error;
      }
    },
    async write(secrets) {
      const SecretString = formatSecrets(secrets);
      try {
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await client.send(
          new CreateSecretCommand({
            Name: name,
            SecretString,
            ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
          }),
        );
      }
    },
  };
}
