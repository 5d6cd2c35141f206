/** Name of an SSM SecureString. */
export interface SsmRef {
  readonly ssm: string;
  /** Key that encrypts it, if that is not the account's default; only for writing. */
  readonly kmsKeyArn?: string | undefined;
}

/** Where a provider's secrets are stored: the name of an SSM SecureString, or of a Secrets Manager secret. */
export type SecretRef = SsmRef | { readonly secretsManager: string; readonly kmsKeyArn?: string | undefined };
