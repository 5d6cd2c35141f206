import { z } from "zod";
import type { SecretRef } from "./arguments";
import { unknownKeys } from "./messages";
import { kmsKeyArn, trueOrFalse } from "./values";

/**
 * Prefixes of providers' signing secrets, or long random text without a separator: in place of a name, a secret would
 * end up in the state and in logs.
 */
const LOOKS_LIKE_A_SECRET =
  /^(whsec_|whsk_|sk_|rk_|shpss_|xox[a-z]-|ghp_|pdl_ntfset_)|^(?=[^0-9]*[0-9])[A-Za-z0-9+=]{24,}$/;

const secretName = (pattern: RegExp, service: string, allowed: string) =>
  z.string(allowed).superRefine((value, context) => {
    if (LOOKS_LIKE_A_SECRET.test(value)) {
      context.addIssue(`this looks like the secret itself; store it in ${service} and put its name here`);
    } else if (!pattern.test(value)) {
      context.addIssue(
        `${allowed}. If this is the secret itself: store it in ${service} and put its name here`,
      );
    }
  });

const inSsm = z.strictObject({
  // Require the slash, although Parameter Store accepts names without it: a pasted secret does not begin with one.
  ssm: secretName(
    /^(\/[A-Za-z0-9_.-]+)+$/,
    "SSM Parameter Store",
    "allowed is the name of a parameter in SSM Parameter Store, which begins with /, such as /webhook-inbox/dev/stripe",
  ),
  kmsKeyArn: kmsKeyArn.optional(),
  learn: trueOrFalse.optional(),
});
const inSecretsManager = z.strictObject({
  secretsManager: secretName(
    /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    "Secrets Manager",
    "allowed is the name of a secret in Secrets Manager, such as webhook-inbox/dev/stripe",
  ),
  kmsKeyArn: kmsKeyArn.optional(),
});

/** Reference to a secret in exactly one of the two stores. */
export const secretRef = z.unknown().transform((value, context): SecretRef => {
  const given = new Set(Object.keys(Object(value)));
  if (given.has("ssm") === given.has("secretsManager")) {
    context.addIssue("allowed is exactly one of { ssm: <name> } and { secretsManager: <name> }");
    return z.NEVER;
  }
  const store = given.has("ssm") ? inSsm : inSecretsManager;
  const parsed = store.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const message =
      issue.code === "unrecognized_keys" ? unknownKeys(issue.keys, Object.keys(store.shape)) : issue.message;
    context.addIssue({ code: "custom", message, path: issue.path });
  }
  return z.NEVER;
});
