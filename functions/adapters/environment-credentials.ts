import type { AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { environment } from "./environment";

/**
 * Returns the role's credentials, which Lambda puts into the environment and nowhere else. Replaces
 * `@aws-sdk/credential-provider-node` in the functions' bundles.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = (): AwsCredentialIdentityProvider => () =>
  Promise.resolve({
    accessKeyId: environment("AWS_ACCESS_KEY_ID"),
    secretAccessKey: environment("AWS_SECRET_ACCESS_KEY"),
    ...(process.env["AWS_SESSION_TOKEN"] && { sessionToken: process.env["AWS_SESSION_TOKEN"] }),
  });
