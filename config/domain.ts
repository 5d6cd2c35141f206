import { z } from "zod";
import { text, trueOrFalse } from "./values";

/**
 * Security policies of a Regional domain name. The first two accept TLS 1.2 and 1.3, the last accepts 1.3 only.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
 */
export const TLS_POLICIES = [
  "TLS_1_2",
  "SecurityPolicy_TLS13_1_2_2021_06",
  "SecurityPolicy_TLS13_1_3_2025_09",
] as const;

/**
 * Returns whether it is one of the newer policies, which the API has too and which do not support client certificates.
 */
export function isEnhanced(tlsPolicy: string): boolean {
  return tlsPolicy.startsWith("SecurityPolicy_");
}

/** Shape of a custom domain. */
export const domain = z
  .strictObject(
    {
      name: text(
        /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
        "allowed is a name such as hooks.example.com, in lower case",
      ),
      certificateArn: text(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        "allowed is the ARN of a certificate of ACM in the inbox's Region",
      ),
      hostedZoneId: text(/^[A-Z0-9]{1,32}$/, "allowed is the id of a hosted zone of Route 53").optional(),
      tlsPolicy: z.enum(TLS_POLICIES, `allowed are ${TLS_POLICIES.join(", ")}`).optional(),
      truststoreUri: text(/^s3:\/\/[^/]+\/.+$/, "allowed is s3://<bucket>/<key> of a PEM file").optional(),
      disableExecuteApiEndpoint: trueOrFalse.optional(),
    },
    "allowed is { name, certificateArn, hostedZoneId, tlsPolicy, truststoreUri, disableExecuteApiEndpoint }",
  )
  .refine(
    ({ tlsPolicy, truststoreUri }) =>
      truststoreUri === undefined || tlsPolicy === undefined || !isEnhanced(tlsPolicy),
    {
      path: ["tlsPolicy"],
      error: "API Gateway takes no client certificates with it: leave it out, or truststoreUri",
    },
  );

export const webAclArn = text(
  /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
  "allowed is the ARN of a Regional web ACL of AWS WAF",
);
