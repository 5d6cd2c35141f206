import { z } from "zod";
import { http } from "./http-consumer";
import { expression, text, wholeNumber } from "./values";

/**
 * Maximum number of consumers of an inbox: the workflow's role names the queue of each, and its policies hold 10,240
 * characters.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_CONSUMERS = 50;

const queue = z.strictObject(
  { visibilityTimeoutSeconds: wholeNumber(0, 43_200).optional() },
  "allowed is {} or { visibilityTimeoutSeconds: <seconds> }",
);

const lambda = z.strictObject(
  {
    arn: text(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$/,
      "allowed is the ARN of a Lambda function, or of a version or alias of it",
    ),
    timeoutSeconds: wholeNumber(1, 900).optional(),
    batchSize: wholeNumber(1, 10).optional(),
    maximumConcurrency: wholeNumber(2, 1_000).optional(),
  },
  "allowed is { arn: <ARN of a Lambda function> }",
);

/** Kinds of consumers, by the key that configures them. */
const KINDS = { queue, lambda, http };
const EXACTLY_ONE = `allowed is exactly one of ${Object.keys(KINDS).join(", ")}`;

/** Shape of a consumer. */
export const consumer = z
  .strictObject(
    {
      name: text(
        /^[a-z][a-z0-9-]{0,15}$/,
        "allowed are 1 to 16 characters a-z, 0-9 and -, the first a letter",
      ),
      when: expression.optional(),
      queue: queue.optional(),
      lambda: lambda.optional(),
      http: http.optional(),
    },
    "allowed is { name, when, and queue, lambda or http }",
  )
  .superRefine((configured, context) => {
    const given = Object.keys(KINDS).filter((kind) => configured[kind as keyof typeof KINDS] !== undefined);
    if (given.length !== 1) context.addIssue(EXACTLY_ONE);
  });
