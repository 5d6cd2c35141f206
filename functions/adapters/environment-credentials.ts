import type { AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { environment } from "./environment";

/**
 * Replaces `@aws-sdk/credential-provider-node` in the functions' bundles: Lambda puts the role's credentials into
 * the environment and nowhere else.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = (): AwsCredentialIdentityProvider => () =>
  Promise.resolve({
    accessKeyId: environment("AWS_ACCESS_KEY_ID"),
    secretAccessKey: environment("AWS_SECRET_ACCESS_KEY"),
    sessionToken: environment("AWS_SESSION_TOKEN"),
  });
