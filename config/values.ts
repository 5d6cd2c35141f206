import { z } from "zod";
import { problemOf } from "../statemachines/user-expression";

/** Checks a text by a pattern; the message says what is allowed. */
export const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

/** Checks that a number is whole and within limits. */
export function wholeNumber(least: number, most: number) {
  const allowed = `allowed are whole numbers from ${least} to ${most}`;
  return z.int(allowed).min(least, allowed).max(most, allowed);
}

/** ARN of a KMS key. No alias: it could later refer to another key, on which no role has permissions. */
export const kmsKeyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
  "allowed is the ARN of a KMS key, arn:aws:kms:<Region>:<account>:key/<id>",
);

export const trueOrFalse = z.boolean("allowed are true and false");

/** A range of addresses of IPv4 or IPv6. */
export const cidr = z.union(
  [z.cidrv4(), z.cidrv6()],
  "allowed is a CIDR range such as 203.0.113.0/24 or 2001:db8::/32; of a single address 203.0.113.7/32",
);

/** JSONata over the CloudEvent, run by Step Functions. */
export const expression = z.string("allowed is a JSONata expression").superRefine((source, context) => {
  const problem = problemOf(source);
  if (problem !== undefined) context.addIssue(problem);
});

/** Checks that no two items of a list have the same name. @param what kind of the items, for the message */
export function distinctNames(what: string) {
  return (named: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void => {
    named.forEach(({ name }, index) => {
      if (named.findIndex((other) => other.name === name) === index) return;
      context.addIssue({
        code: "custom",
        path: [index, "name"],
        input: name,
        message: `another ${what} has this name already`,
      });
    });
  };
}
