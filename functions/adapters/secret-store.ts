import { describeError } from "../domain/errors";
import type { SecretRef, SsmRef } from "../domain/secret-ref";
import { HURRIED, jsonOperation, signedCalls } from "./signed-calls";

/**
 * Reads the stored texts of secrets, in their order: of one secret, or of up to {@link READ_AT_ONCE} parameters. A text
 * is undefined if no secret has this name, or if it is stored as bytes.
 */
export type ReadSecrets = (refs: readonly SecretRef[]) => Promise<readonly (string | undefined)[]>;

/** Replaces the stored text of one secret. */
export type WriteSecret = (ref: SsmRef, secret: string) => Promise<void>;

/**
 * Maximum number of names in one GetParameters call. An account may make 40 calls a second, whatever the number of
 * names.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export const READ_AT_ONCE = 10;

/**
 * Errors of Secrets Manager for a name that it does not have. GetParameters lists such names in its answer instead.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
 */
const NOT_THERE = /ResourceNotFoundException|marked for deletion/;

/** Reads from SSM and Secrets Manager, and writes to SSM. */
export function secretStore(): { readonly read: ReadSecrets; readonly write: WriteSecret } {
  const call = signedCalls(HURRIED);
  const getParameters = jsonOperation(call, "ssm", "AmazonSSM.GetParameters", "1.1");
  const putParameter = jsonOperation(call, "ssm", "AmazonSSM.PutParameter", "1.1");
  const getSecretValue = jsonOperation(call, "secretsmanager", "secretsmanager.GetSecretValue", "1.1");

  const readParameters = async (Names: readonly string[]) => {
    const { Parameters } = await getParameters({ Names, WithDecryption: true });
    const found = Parameters as readonly { readonly Name: string; readonly Value: string }[];
    const values = new Map(found.map(({ Name, Value }) => [Name, Value]));
    return Names.map((name) => values.get(name));
  };
  const readManaged = async (SecretId: string) => {
    try {
      // The text is absent if the secret is stored as bytes.
      return (await getSecretValue({ SecretId }))["SecretString"];
    } catch (error) {
      if (NOT_THERE.test(describeError(error))) return undefined;
      throw error;
    }
  };
  const read: ReadSecrets = async (refs) => {
    const parameters = refs.flatMap((ref) => ("ssm" in ref ? [ref.ssm] : []));
    if (parameters.length === refs.length) return readParameters(parameters);
    return Promise.all(
      refs.map(async (ref) =>
        "ssm" in ref
          ? (await readParameters([ref.ssm]))[0]
          : ((await readManaged(ref.secretsManager)) as string | undefined),
      ),
    );
  };
  const write: WriteSecret = async ({ ssm, kmsKeyArn }, Value) => {
    const parameter = { Name: ssm, Value, Type: "SecureString", Overwrite: true };
    await putParameter({ ...parameter, ...(kmsKeyArn !== undefined && { KeyId: kmsKeyArn }) });
  };
  return { read, write };
}
