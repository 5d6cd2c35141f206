import * as pulumi from "@pulumi/pulumi";
import type { SecretRef } from "../config";
import type { Location } from "./naming";
import type { Statement } from "./policy";

/** Returns whether a provider sends this secret in its handshake. */
export function learns(secret: SecretRef): boolean {
  return "ssm" in secret && secret.learn === true;
}

/** Returns permissions to read exactly these secrets, and to write only those that providers will send. */
export function secretPermissions(
  { partition, region, accountId }: Location,
  refs: readonly (SecretRef | undefined)[],
): Statement[] {
  const secrets = refs.filter((ref) => ref !== undefined);
  const learnt = secrets.filter(learns);
  const parameters = secrets.flatMap((secret) => ("ssm" in secret ? [secret.ssm] : []));
  const managed = secrets.flatMap((secret) => ("secretsManager" in secret ? [secret.secretsManager] : []));
  const keysOf = (some: readonly SecretRef[]) => [
    ...new Set(some.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn]))),
  ];
  const parameterArn = (path: string) =>
    pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter/${path.replace(/^\//, "")}`;
  const statements: Statement[] = [
    {
      Sid: "Parameters",
      Action: "ssm:GetParameters",
      Resource: parameters.map(parameterArn),
    },
    {
      Sid: "LearnSecrets",
      Action: "ssm:PutParameter",
      Resource: learnt.flatMap((secret) => ("ssm" in secret ? [parameterArn(secret.ssm)] : [])),
    },
    {
      Sid: "Secrets",
      Action: "secretsmanager:GetSecretValue",
      // Match the six characters that Secrets Manager appends to every ARN.
      Resource: managed.map(
        (secret) =>
          pulumi.interpolate`arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secret}-??????`,
      ),
    },
    // Allow customer managed keys only: the services' own keys let their callers decrypt.
    { Sid: "Decrypt", Action: "kms:Decrypt", Resource: keysOf(secrets) },
    { Sid: "Encrypt", Action: "kms:Encrypt", Resource: keysOf(learnt) },
  ];
  return statements.filter(({ Resource }) => Array.isArray(Resource) && Resource.length > 0);
}
