/** Name of an SSM SecureString. */
export interface SsmRef {
  readonly ssm: string;
  /** ARN of the key that encrypts it, if not the account's default key; needed only to write it. */
  readonly kmsKeyArn?: string | undefined;
}

/** Where a provider's secrets are stored: the name of an SSM SecureString, or of a Secrets Manager secret. */
export type SecretRef = SsmRef | { readonly secretsManager: string; readonly kmsKeyArn?: string | undefined };
