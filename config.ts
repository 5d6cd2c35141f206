import * as pulumi from "@pulumi/pulumi";
import leven from "leven";
import { z } from "zod";
import { KEPT_UNRESERVED, LEAST_MAXIMUM, MOST_MAXIMUM } from "./components/concurrency";
import { EXECUTION_LOG_LEVELS } from "./aws-limits";
import { BY_ENTITY } from "./functions/domain/ordering-key";
import { coverage, needsVerifyToken, schemes, teachesSecret } from "./providers";
import { problemOf, slowRegexes } from "./statemachines/user-expression";

const NAMESPACE = "webhook-inbox";

/** Periods that CloudWatch Logs knows, in days. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * What providers' signing secrets begin with, or long random characters without a separator: put where a name belongs,
 * one would end in the state and in logs.
 */
const LOOKS_LIKE_A_SECRET =
  /^(whsec_|whsk_|sk_|rk_|shpss_|xox[a-z]-|ghp_|pdl_ntfset_)|^(?=[^0-9]*[0-9])[A-Za-z0-9+=]{24,}$/;

/** Edits up to which a word counts as a misspelling of another. */
const MISSPELT = 3;

/** ` Did you mean providers?`, or nothing if no known word is near. */
function didYouMean(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, edits: leven(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.min(MISSPELT, candidate.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return near[0] ? ` Did you mean ${near[0].candidate}?` : "";
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `does not know the key ${key}.${didYouMean(key, known)}`).join(" It ");
}

function unknownScheme(id: string): string {
  const ids = Object.keys(schemes);
  return `there is no such scheme.${didYouMean(id, ids)} Allowed are ${ids.join(", ")}`;
}

/** Checks a text by a pattern; the message says what is allowed. */
const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

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

const kmsKeyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
  "allowed is the ARN of the KMS key that encrypts the secret",
).optional();

const inSsm = z.strictObject({
  // Parameter Store takes names without the slash as well; a pasted secret has none.
  ssm: secretName(
    /^(\/[A-Za-z0-9_.-]+)+$/,
    "SSM Parameter Store",
    "allowed is the name of a parameter in SSM Parameter Store, which begins with /, such as /webhook-inbox/dev/stripe",
  ),
  kmsKeyArn,
  /** The sender is to tell the secret in a handshake; until then the parameter holds `learn`. */
  learn: z.boolean("allowed are true and false").optional(),
});
const inSecretsManager = z.strictObject({
  secretsManager: secretName(
    /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    "Secrets Manager",
    "allowed is the name of a secret in Secrets Manager, such as webhook-inbox/dev/stripe",
  ),
  kmsKeyArn,
});

/** JSONata over the CloudEvent, run by Step Functions. */
const expression = z.string("allowed is a JSONata expression").superRefine((source, context) => {
  const problem = problemOf(source);
  if (problem !== undefined) context.addIssue(problem);
});

/**
 * What API Gateway gives a whole account and Region in requests; a stage cannot usefully have more.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const MAX_BURST = 5_000;
const MAX_RATE = 10_000;

/** More than any account has: that of this one is checked by {@link shareConcurrency}. */
const MOST_RESERVED = 100_000 - KEPT_UNRESERVED;

/** Exactly one of the two stores. */
const secretPlace = z
  .unknown()
  .transform((value, context): z.infer<typeof inSsm> | z.infer<typeof inSecretsManager> => {
    const given = new Set(Object.keys(Object(value)));
    if (given.has("ssm") === given.has("secretsManager")) {
      context.addIssue("allowed is exactly one of { ssm: <name> } and { secretsManager: <name> }");
      return z.NEVER;
    }
    const place = given.has("ssm") ? inSsm : inSecretsManager;
    const parsed = place.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const message =
        issue.code === "unrecognized_keys"
          ? unknownKeys(issue.keys, Object.keys(place.shape))
          : issue.message;
      context.addIssue({ code: "custom", message, path: issue.path });
    }
    return z.NEVER;
  });

const provider = z
  .strictObject({
    name: text(/^[a-z][a-z0-9-]{0,31}$/, "allowed are 1 to 32 characters a-z, 0-9 and -, the first a letter"),
    scheme: z
      .string(`allowed are ${Object.keys(schemes).join(", ")}`)
      .refine((id) => Object.hasOwn(schemes, id), { error: ({ input }) => unknownScheme(String(input)) }),
    secret: secretPlace.optional(),
    /** Token that the operator chose and entered at the sender, for the sender's question. */
    verifyToken: secretPlace.optional(),
    /** Address at which the sender calls, where it signs it and it is not the API's own. */
    url: z
      .url({
        protocol: /^https?$/,
        error:
          "allowed is the address that is entered at the sender, such as https://hooks.example.com/twilio",
      })
      .optional(),
    /** Of a scheme that signs nothing: says that this is known. */
    allowUnsigned: z.boolean("allowed are true and false").optional(),
    orderingKey: text(
      /^[^.\s]+(\.[^.\s]+)*$/,
      "allowed is a dotted path into the payload, such as data.object.customer, or entity",
    ).optional(),
    /** How strictly events without a signed id of their own are deduplicated. */
    duplicates: z.literal("body", "allowed is body; without it the scheme's own rules hold").optional(),
    /** Makes one event of each that a request holds, for schemes that know where they are. */
    split: z.boolean("allowed are true and false").optional(),
    /** Whether events say that they are older, by their sender's clock, than one before them in their group. */
    markOutOfOrder: z.boolean("allowed are true and false").optional(),
    filter: expression.optional(),
    transform: expression.optional(),
    /** This path's own limit; the provider is then not taken at the common path, which has another. */
    throttle: z
      .strictObject(
        { burst: wholeNumber(1, MAX_BURST), rate: wholeNumber(1, MAX_RATE) },
        "allowed is { burst: <requests at once>, rate: <requests per second> }",
      )
      .optional(),
  })
  .superRefine((configured, context) => {
    const scheme = schemes[configured.scheme];
    if (!scheme) return;
    const issue = (
      key: "secret" | "verifyToken" | "allowUnsigned" | "orderingKey" | "split",
      message: string,
    ): void => context.addIssue({ code: "custom", path: [key], input: configured[key], message });
    if (coverage(scheme) === "unsigned") {
      if (configured.secret) issue("secret", `${scheme.name} signs nothing: leave the secret out`);
      if (!configured.allowUnsigned) {
        issue(
          "allowUnsigned",
          `${scheme.name} signs nothing, so everybody who knows the address can send: write allowUnsigned: true to take that on`,
        );
      }
    } else {
      if (!configured.secret) {
        issue("secret", "allowed is exactly one of { ssm: <name> } and { secretsManager: <name> }");
      }
      if (configured.allowUnsigned) {
        issue("allowUnsigned", `${scheme.name} proves who sends: leave it out, it would allow nothing`);
      }
    }
    if (configured.verifyToken && !needsVerifyToken(scheme)) {
      issue("verifyToken", `${scheme.name} asks for no token: leave it out`);
    }
    const learns = configured.secret && "ssm" in configured.secret && configured.secret.learn;
    if (learns && !teachesSecret(scheme)) issue("secret", `${scheme.name} tells no secret: leave learn out`);
    if (configured.split && !scheme.elements) {
      issue(
        "split",
        `${scheme.name} sends one event in a request, or none that it says where to find: leave it out`,
      );
    }
    if (configured.orderingKey === BY_ENTITY && !scheme.event.entity) {
      issue("orderingKey", `${scheme.name} names no entity; allowed is a dotted path into the payload`);
    }
  });

function wholeNumber(least: number, most: number) {
  const allowed = `allowed are whole numbers from ${least} to ${most}`;
  return z.int(allowed).min(least, allowed).max(most, allowed);
}

const trueOrFalse = z.boolean("allowed are true and false");

const schema = z.strictObject({
  environmentSuffix: text(
    /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/,
    "allowed are 1 to 16 characters a-z, 0-9 and -, with no - at either end",
  ),
  serviceName: text(
    /^[a-z][a-z0-9-]{1,19}$/,
    "allowed are 2 to 20 characters a-z, 0-9 and -, the first a letter",
  ),
  throttleBurstLimit: wholeNumber(1, MAX_BURST),
  throttleRateLimit: wholeNumber(1, MAX_RATE),
  logRetentionDays: z
    .number(`allowed are ${LOG_RETENTION_DAYS.join(", ")}`)
    .refine((days) => LOG_RETENTION_DAYS.includes(days), `allowed are ${LOG_RETENTION_DAYS.join(", ")}`),
  glacierAfterDays: wholeNumber(1, 3_650),
  recordRetentionDays: wholeNumber(1, 3_650),
  executionLogLevel: z.enum(EXECUTION_LOG_LEVELS, `allowed are ${EXECUTION_LOG_LEVELS.join(", ")}`),
  executionLogData: trueOrFalse,
  quarantine: trueOrFalse,
  protect: trueOrFalse,
  detailedMetrics: trueOrFalse,
  ingestReservedConcurrency: wholeNumber(1, MOST_RESERVED).optional(),
  processReservedConcurrency: wholeNumber(LEAST_MAXIMUM, MOST_RESERVED).optional(),
  processMaximumConcurrency: wholeNumber(LEAST_MAXIMUM, MOST_MAXIMUM).optional(),
  alarmEmail: z.email("allowed is an e-mail address").optional(),
  providers: z.array(provider, "allowed is a list of providers").superRefine((providers, context) => {
    providers.forEach(({ name }, index) => {
      if (providers.findIndex((other) => other.name === name) === index) return;
      context.addIssue({
        code: "custom",
        path: [index, "name"],
        input: name,
        message: "another provider has this name already",
      });
    });
  }),
});

/** One configured sender. */
export type ProviderConfig = z.infer<typeof provider>;

/** The stack's configuration, checked. Its keys are described in Pulumi.yaml and in the README. */
export type Config = z.infer<typeof schema>;

/**
 * Reads the stack's configuration; the only place that does.
 * @throws {pulumi.RunError} that lists every wrong key with its value and what is allowed; never what stands for a secret
 */
export function loadConfig(): Config {
  const config = new pulumi.Config(NAMESPACE);
  const result = schema.safeParse(
    {
      ...givenKeys(),
      environmentSuffix: config.get("environmentSuffix") ?? pulumi.getStack(),
      serviceName: config.get("serviceName") ?? "webhook-inbox",
      throttleBurstLimit: parsed(config, "throttleBurstLimit", 5_000),
      throttleRateLimit: parsed(config, "throttleRateLimit", 10_000),
      logRetentionDays: parsed(config, "logRetentionDays", 7),
      glacierAfterDays: parsed(config, "glacierAfterDays", 30),
      recordRetentionDays: parsed(config, "recordRetentionDays", 90),
      executionLogLevel: config.get("executionLogLevel") ?? "ALL",
      executionLogData: parsed(config, "executionLogData", true),
      quarantine: parsed(config, "quarantine", true),
      protect: parsed(config, "protect", true),
      detailedMetrics: parsed(config, "detailedMetrics", false),
      ingestReservedConcurrency: parsed(config, "ingestReservedConcurrency", undefined),
      processReservedConcurrency: parsed(config, "processReservedConcurrency", undefined),
      processMaximumConcurrency: parsed(config, "processMaximumConcurrency", undefined),
      alarmEmail: config.get("alarmEmail"),
      providers: parsed(config, "providers", []),
    },
    { reportInput: true },
  );
  if (result.success) {
    for (const warning of result.data.providers.flatMap(warnings)) void pulumi.log.warn(warning);
    return result.data;
  }
  const problems = result.error.issues.map((issue) => `- ${describe(issue)}`);
  throw new pulumi.RunError(`The configuration of this stack is not valid:\n${problems.join("\n")}`);
}

/** What a provider's scheme and expressions leave open, for the one who deploys it. */
function warnings({ name, scheme: id, filter, transform }: ProviderConfig): string[] {
  const scheme = schemes[id];
  if (!scheme) return [];
  const slow = [filter, transform].flatMap((source) => (source === undefined ? [] : slowRegexes(source)));
  return [
    ...UNCOVERED[coverage(scheme)].map((text) => `provider ${name} (${scheme.name}): ${text}`),
    ...slow.map(
      (regex) =>
        `provider ${name}: the regular expression ${regex} has a quantifier inside of a quantified group: a payload made for it can take longer than an execution may, and ends in the dead-letter queue`,
    ),
  ];
}

const UNCOVERED: Readonly<Record<ReturnType<typeof coverage>, readonly string[]>> = {
  body: [],
  part: [
    "the signature does not cover the event, so whoever has seen one request can send others with its signature",
  ],
  nothing: [
    "the secret travels with each request and nothing protects what it says; keep the address and the secret out of logs",
  ],
  unsigned: ["nothing is signed; take each webhook as a hint and ask the sender before acting on it"],
};

/** Every key of the namespace that is set, known or not, so that a misspelt one is refused and not passed over. */
function givenKeys(): Record<string, unknown> {
  const prefix = `${NAMESPACE}:`;
  const keys = Object.keys(pulumi.runtime.allConfig() ?? {}).filter((key) => key.startsWith(prefix));
  return Object.fromEntries(keys.map((key) => [key.slice(prefix.length), undefined]));
}

/** A number or a structure; the text itself where it is neither, so that the check can name it. */
function parsed(config: pulumi.Config, key: string, otherwise: unknown): unknown {
  const given = config.get(key);
  if (given === undefined) return otherwise;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** `webhook-inbox:providers[0].name = "Stripe": allowed are ...` */
function describe(issue: z.core.$ZodIssue): string {
  const key = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
  const hidden =
    issue.path.includes("secret") ||
    issue.path.includes("verifyToken") ||
    issue.input === undefined ||
    typeof issue.input === "object";
  const message =
    issue.code === "unrecognized_keys" ? unknownKeys(issue.keys, keysAt(issue.path)) : issue.message;
  const place = key === "" ? NAMESPACE : `${NAMESPACE}:${key}`;
  return `${place}${hidden ? "" : ` = ${JSON.stringify(issue.input)}`}: ${message}`;
}

/** Keys that the configuration knows at a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const part of [...path, undefined]) {
    while (here instanceof z.ZodOptional) here = here.unwrap();
    if (part === undefined) break;
    here =
      here instanceof z.ZodArray ? here.element : here instanceof z.ZodObject && here.shape[String(part)];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}
