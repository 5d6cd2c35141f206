import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../../config";
import { stackConfig } from "../../../local/deployer/config";
import { runProgram } from "../../support/program";

jest.setTimeout(120_000);

const stripe = { name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } };
const provider = (over: Record<string, unknown>) => ({ providers: [{ ...stripe, ...over }] });
function load(values: Record<string, unknown>) {
  pulumi.runtime.setAllConfig(stackConfig("example", values));
  return loadConfig();
}
const messageOf = (values: Record<string, unknown>): string => {
  try {
    load(values);
    return "nothing was rejected";
  } catch (error) {
    return String(error);
  }
};
const LIMITS = /= \S+: allowed are whole numbers from 1 to/;

describe("a configuration that cannot work is rejected before anything is created:", () => {
  test.each<[string, Record<string, unknown>, string | RegExp]>([
    [
      "a suffix with capitals",
      { environmentSuffix: "Dev" },
      'webhook-inbox:environmentSuffix = "Dev": allowed are',
    ],
    [
      "a suffix that ends in -",
      { environmentSuffix: "dev-" },
      'webhook-inbox:environmentSuffix = "dev-": allowed are',
    ],
    [
      "a service name that is too long",
      { serviceName: "x".repeat(21) },
      /serviceName = "x+": allowed are 2 to 20/,
    ],
    ["a burst of nothing", { throttleBurstLimit: 0 }, LIMITS],
    ["a rate above the account's", { throttleRateLimit: 10_001 }, LIMITS],
    ["a rate that is no number", { throttleRateLimit: "fast" }, LIMITS],
    [
      "a retention that CloudWatch does not know",
      { logRetentionDays: 8 },
      "webhook-inbox:logRetentionDays = 8: allowed are 1, 3, 5, 7",
    ],
    ["half a day", { glacierAfterDays: 0.5 }, LIMITS],
    [
      "a log level that Step Functions does not know",
      { executionLogLevel: "DEBUG" },
      'webhook-inbox:executionLogLevel = "DEBUG": allowed are ALL, ERROR, FATAL, OFF',
    ],
    [
      "a quarantine for some",
      { quarantine: "stripe" },
      'webhook-inbox:quarantine = "stripe": allowed are true and false',
    ],
    [
      "data that is neither logged nor not",
      { executionLogData: "perhaps" },
      'webhook-inbox:executionLogData = "perhaps": allowed are true and false',
    ],
    [
      "alarms to no address",
      { alarmEmail: "on call" },
      'webhook-inbox:alarmEmail = "on call": allowed is an e-mail address',
    ],
    [
      "a certificate of another service",
      {
        domain: {
          name: "hooks.example.com",
          certificateArn: "arn:aws:iam::123456789012:server-certificate/x",
        },
      },
      "webhook-inbox:domain.certificateArn",
    ],
    [
      "client certificates with a TLS policy that knows none",
      {
        domain: {
          name: "hooks.example.com",
          certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
          tlsPolicy: "SecurityPolicy_TLS13_1_2_2021_06",
          truststoreUri: "s3://certificates/clients.pem",
        },
      },
      "webhook-inbox:domain.tlsPolicy",
    ],
    [
      "an alias for a key",
      { kmsKeyArn: "alias/webhooks" },
      'webhook-inbox:kmsKeyArn = "alias/webhooks": allowed is the ARN of a KMS key',
    ],
    [
      "a role for a boundary",
      { permissionsBoundaryArn: "arn:aws:iam::123456789012:role/admin" },
      "webhook-inbox:permissionsBoundaryArn",
    ],
    [
      "a web ACL for CloudFront",
      { webAclArn: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/inbox/1" },
      "allowed is the ARN of a Regional web ACL",
    ],
    [
      "alarms to a queue",
      { alarmTopicArn: "arn:aws:sqs:us-east-1:123456789012:on-call" },
      'webhook-inbox:alarmTopicArn = "arn:aws:sqs:us-east-1:123456789012:on-call": allowed is the ARN of a standard topic',
    ],
    ...["8d", "7m", "25h30m", "1445m", "0h", "6", "soon"].map(
      (expectEvery): [string, Record<string, unknown>, string] => [
        `silence of ${expectEvery}, which no alarm can watch`,
        provider({ expectEvery }),
        `webhook-inbox:providers[0].expectEvery = "${expectEvery}": allowed are 5m to 24h in steps of five minutes, and up to 7d in steps of an hour`,
      ],
    ),
    [
      "providers that are no list",
      { providers: "stripe" },
      'webhook-inbox:providers = "stripe": allowed is a list of providers',
    ],
    [
      "a token for a provider that asks for none",
      provider({ verifyToken: { ssm: "/inbox/token" } }),
      "webhook-inbox:providers[0].verifyToken: Stripe asks for no token: leave it out",
    ],
    [
      "a token in place of its name",
      provider({ scheme: "meta", verifyToken: "my-own-token" }),
      "webhook-inbox:providers[0].verifyToken: allowed is exactly one of",
    ],
    [
      "a secret to be sent by a provider that sends none",
      provider({ secret: { ssm: "/inbox/stripe", learn: true } }),
      "webhook-inbox:providers[0].secret: Stripe sends no secret in its handshake: leave learn out",
    ],
    [
      "a secret to be learned into Secrets Manager",
      provider({ scheme: "asana", secret: { secretsManager: "asana", learn: true } }),
      'webhook-inbox:providers[0].secret: unknown key "learn"',
    ],
    [
      "an address that is none",
      provider({ scheme: "twilio", url: "hooks.example.com" }),
      'webhook-inbox:providers[0].url = "hooks.example.com": allowed is the address',
    ],
    [
      "a provider's name that is no path segment",
      provider({ name: "my/stripe" }),
      'webhook-inbox:providers[0].name = "my/stripe": allowed are',
    ],
    [
      "two providers with one name",
      { providers: [stripe, stripe] },
      'webhook-inbox:providers[1].name = "stripe": another provider has this name already',
    ],
    [
      "a scheme that does not exist",
      provider({ scheme: "strype" }),
      /providers\[0\]\.scheme = "strype": there is no such scheme\. Did you mean stripe\? allowed are (\S+, ){9}\S+ and \d+ more, all in docs\/providers\.md$/,
    ],
    [
      "a provider without a secret",
      provider({ secret: undefined }),
      "providers[0].secret: allowed is exactly one of",
    ],
    [
      "a provider with two secrets",
      provider({ secret: { ssm: "/a", secretsManager: "a" } }),
      "providers[0].secret: allowed is exactly one of",
    ],
    [
      "a name that SSM does not take",
      provider({ secret: { ssm: "/a b" } }),
      "providers[0].secret.ssm: allowed is the name of a parameter in SSM Parameter Store, which begins with /",
    ],
    [
      "a name without the slash, which a pasted secret does not have either",
      provider({ secret: { ssm: "webhook-inbox/dev/stripe" } }),
      "providers[0].secret.ssm: allowed is the name of a parameter in SSM Parameter Store, which begins with /",
    ],
    [
      "a misspelt key of the stack",
      { throtleRateLimit: 50 },
      '- webhook-inbox: unknown key "throtleRateLimit". Did you mean throttleRateLimit?',
    ],
    ["a key of the stack that is like none", { color: "blue" }, /- webhook-inbox: unknown key "color"\.$/m],
    [
      "a misspelt key of a throttle",
      provider({ throttle: { burst: 10, rates: 5 } }),
      'webhook-inbox:providers[0].throttle: unknown key "rates". Did you mean rate?',
    ],
    [
      "a misspelt key of a secret",
      provider({ secret: { ssm: "/a", kmsKeyArm: "x" } }),
      'webhook-inbox:providers[0].secret: unknown key "kmsKeyArm". Did you mean kmsKeyArn?',
    ],
    [
      "a protection that is neither on nor off",
      { protect: "yes" },
      'webhook-inbox:protect = "yes": allowed are true and false',
    ],
    [
      "a maximum that no event source mapping takes",
      { processMaximumConcurrency: 1 },
      "webhook-inbox:processMaximumConcurrency = 1: allowed are whole numbers from 2 to 1000",
    ],
    [
      "a reservation of nothing, which would switch the function off",
      { ingestReservedConcurrency: 0 },
      "webhook-inbox:ingestReservedConcurrency = 0: allowed are whole numbers from 1",
    ],
    [
      "a key that is no ARN",
      provider({ secret: { ssm: "/a", kmsKeyArn: "alias/x" } }),
      "providers[0].secret.kmsKeyArn: allowed is the ARN",
    ],
    [
      "a filter that does not parse",
      provider({ filter: "type = " }),
      /providers\[0\]\.filter = "type = ": allowed is a JSONata expression; at character \d+/,
    ],
    ...(["filter", "transform"] as const).flatMap((key): [string, Record<string, unknown>, RegExp][] => [
      [
        `?? in a ${key}`,
        provider({ [key]: "a ?? 1" }),
        new RegExp(`${key}.*runs JSONata 2\\.0\\.6, which knows neither`),
      ],
      [
        `?: in a ${key}`,
        provider({ [key]: "a ?: 1" }),
        new RegExp(`${key}.*runs JSONata 2\\.0\\.6, which knows neither`),
      ],
      [`$$ in a ${key}`, provider({ [key]: "$$.data" }), new RegExp(`${key}.*knows no \\$\\$`)],
      [
        `a ${key} that is nested too deep`,
        provider({ [key]: Array(90).fill("'a'").join("&") }),
        new RegExp(`${key}.*90 levels deep`),
      ],
    ]),
    ["a transform that does not parse", provider({ transform: "{" }), "providers[0].transform"],
    [
      "$eval, which Step Functions does not know",
      provider({ transform: "$eval('1')" }),
      "Step Functions knows no $eval",
    ],
    [
      "another rule for duplicates",
      provider({ duplicates: "none" }),
      'providers[0].duplicates = "none": allowed is body',
    ],
    [
      "an ordering key that is no path",
      provider({ orderingKey: "a..b" }),
      'providers[0].orderingKey = "a..b": allowed is a dotted path',
    ],
    [
      "a path to redact with an empty part",
      provider({ redact: ["a..b"] }),
      'providers[0].redact[0] = "a..b": allowed is a dotted path',
    ],
    [
      "an ordering key that is redacted, and is in records and logs",
      provider({ orderingKey: "data.customer.id", redact: ["data.customer"] }),
      "providers[0].redact: webhooks are ordered by data.customer.id",
    ],
    [
      "an address where a range belongs",
      provider({ allowedSourceRanges: ["2001:db8::/32", "3.18.12.63"] }),
      'providers[0].allowedSourceRanges[1] = "3.18.12.63": allowed is a CIDR range such as 203.0.113.0/24 or 2001:db8::/32; of a single address 203.0.113.7/32',
    ],
    [
      "a range that is longer than an address",
      provider({ allowedSourceRanges: ["203.0.113.0/33"] }),
      'providers[0].allowedSourceRanges[0] = "203.0.113.0/33": allowed is a CIDR range',
    ],
    [
      "no address at all that may send",
      provider({ allowedSourceRanges: [] }),
      "providers[0].allowedSourceRanges: allowed is a list of at least one CIDR range",
    ],
    [
      "a mark of order that is neither on nor off",
      provider({ markOutOfOrder: "yes" }),
      'providers[0].markOutOfOrder = "yes": allowed are true and false',
    ],
    [
      "a provider's burst without its rate",
      provider({ throttle: { burst: 10 } }),
      "webhook-inbox:providers[0].throttle.rate: allowed are whole numbers from 1 to 10000",
    ],
    ["a provider's rate of nothing", provider({ throttle: { burst: 10, rate: 0 } }), LIMITS],
    [
      "a key that nobody knows",
      provider({ filtre: "true" }),
      'webhook-inbox:providers[0]: unknown key "filtre". Did you mean filter?',
    ],
    [
      "an unsigned scheme without saying that this is known",
      { providers: [{ name: "strava", scheme: "strava" }] },
      "providers[0].allowUnsigned: Strava signs nothing, so everybody who knows the address can send",
    ],
    [
      "a secret for a scheme that has none",
      { providers: [{ ...stripe, scheme: "strava", allowUnsigned: true }] },
      "providers[0].secret: Strava signs nothing",
    ],
    [
      "unsigned requests for a scheme that signs",
      provider({ allowUnsigned: true }),
      "providers[0].allowUnsigned = true: Stripe proves who sends",
    ],
    [
      "an order by entity where the scheme knows none",
      provider({ scheme: "picqer", orderingKey: "entity" }),
      'providers[0].orderingKey = "entity": Picqer names no entity',
    ],
    [
      "reconciling a provider without an API to compare with",
      provider({ scheme: "slack", reconcile: { apiKey: { ssm: "/k" } } }),
      "providers[0].reconcile: there is nothing to compare for slack",
    ],
    [
      "reconciling Stripe without its endpoint",
      provider({ reconcile: { apiKey: { ssm: "/k" }, shop: "a.myshopify.com" } }),
      "providers[0].reconcile: stripe needs endpoint, and takes account, and nothing else",
    ],
    [
      "reconciling GitHub by a hook of nobody",
      provider({ scheme: "github", reconcile: { apiKey: { ssm: "/k" }, hook: 1 } }),
      "github needs repository and hook, or organization and hook, or app, and nothing else",
    ],
    [
      "a shop elsewhere, which would get the key",
      provider({ scheme: "shopify", reconcile: { apiKey: { ssm: "/k" }, shop: "evil.test#.myshopify.com" } }),
      "allowed is <name>.myshopify.com",
    ],
    [
      "a period of seconds",
      provider({ reconcile: { apiKey: { ssm: "/k" }, endpoint: "we_1", every: "30s" } }),
      'providers[0].reconcile.every = "30s": allowed is a duration from 5m to 7d',
    ],
    [
      "comparing what is known by its body",
      provider({ duplicates: "body", reconcile: { apiKey: { ssm: "/k" }, endpoint: "we_1" } }),
      "leave duplicates out",
    ],
    [
      "split where nothing says where the events are",
      provider({ scheme: "picqer", split: true }),
      "providers[0].split = true: Picqer sends one event in a request",
    ],
  ])("%s", (_, config, message) => {
    expect(() => load(config)).toThrow(message);
  });

  test.each([
    ["Stripe's or Standard Webhooks'", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["hexadecimal", "9b74c9897bac770ffc029102a200c5de13d2f5c0"],
    ["base64", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD/aB3Cd9fGhI="],
    ["words", "correct-horse-battery-staple"],
  ])("the secret itself in the place of its name, without printing it: %s", (_, secret) => {
    for (const field of ["secret", "verifyToken"]) {
      const error = messageOf(provider({ scheme: "meta", [field]: { ssm: secret } }));
      expect(error).toMatch(/this (is|looks like) the secret itself[;:] store it in SSM Parameter Store/);
      expect(error).not.toContain(secret);
    }
  });

  test("one in place of a name in Secrets Manager, where that is known", () => {
    const secret = "9b74c9897bac770ffc029102a200c5de13d2f5c0";
    const error = messageOf(provider({ secret: { secretsManager: secret } }));
    expect(error).toContain("this looks like the secret itself; store it in Secrets Manager");
    expect(error).not.toContain(secret);
    expect(() =>
      load(provider({ secret: { secretsManager: "WebhookInbox/dev/stripe-2026" } })),
    ).not.toThrow();
  });

  test("all that is wrong is reported at once", () => {
    const error = messageOf({ throttleBurstLimit: 0, ...provider({ scheme: "x" }) });
    expect(error).toContain("throttleBurstLimit");
    expect(error).toContain("providers[0].scheme");
  });
});

test.each(["5m", "150m", "24h", "1d", "25h", "7d", "168h"])("silence of %s can be watched", (expectEvery) => {
  expect(load(provider({ expectEvery })).providers).toMatchObject([{ expectEvery }]);
});

describe("deploying warns", () => {
  const warned = (providers: unknown): string[] => {
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    try {
      load({ providers });
      return warn.mock.calls.map(([text]) => text);
    } finally {
      warn.mockRestore();
    }
  };

  test.each([
    ["signs other values than the event", "mailgun", {}, /Mailgun.*does not cover the event/],
    ["sends a shared token", "gitlab", {}, /GitLab.*travels with each request/],
    ["sends a password", "chargebee", {}, /Chargebee.*travels with each request/],
    ["signs nothing", "strava", { secret: undefined, allowUnsigned: true }, /Strava.*nothing is signed/],
  ])("of a provider that %s", (_, scheme, over, expected) => {
    expect(warned([{ ...stripe, name: "one", scheme, ...over }])).toEqual([expect.stringMatching(expected)]);
  });

  test("of no provider that signs the body", () => {
    expect(
      warned([stripe, { ...stripe, name: "hooks", scheme: "hubspot-v1", orderingKey: "entity" }]),
    ).toEqual([]);
  });
});

describe("a provider's own throttle", () => {
  test("limits its path and no other, and the outputs tell it", async () => {
    const program = await runProgram({
      throttleBurstLimit: 50,
      throttleRateLimit: 20,
      providers: [
        { ...stripe, throttle: { burst: 5, rate: 2 } },
        { ...stripe, name: "other" },
      ],
    });
    const settings = program
      .all("aws:apigateway/methodSettings:MethodSettings")
      .map(({ inputs }) => [inputs["methodPath"], inputs["settings"]]);
    expect(settings).toEqual([
      ["*/*", { throttlingBurstLimit: 50, throttlingRateLimit: 20, metricsEnabled: false }],
      ["~1webhook~1stripe/POST", { throttlingBurstLimit: 5, throttlingRateLimit: 2, metricsEnabled: false }],
    ]);
    expect(program.outputs).toMatchObject({
      throttle_burst_limit: 50,
      throttle_rate_limit: 20,
      provider_throttle_limits: { stripe: { burst: 5, rate: 2 } },
    });
  });
});

describe("a configuration that differs", () => {
  test("reaches the resources", async () => {
    const program = await runProgram({
      environmentSuffix: "prod",
      serviceName: "hooks",
      throttleBurstLimit: 50,
      throttleRateLimit: 20,
      logRetentionDays: 30,
      glacierAfterDays: 90,
      archiveSmallPayloads: true,
      payloadRetentionDays: 365,
      executionLogData: true,
      eventLogData: true,
      recordRetentionDays: 14,
      quarantine: false,
      providers: [
        {
          ...stripe,
          secret: {
            secretsManager: "hooks/stripe",
            kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/ab-1",
          },
          filter: "type = 'invoice.paid'",
        },
      ],
    });
    expect(program.outputs["dynamodb_table_name"]).toBe("hooks-webhooks-prod");
    const target = program.one("aws:cloudwatch/eventTarget:EventTarget", "inbox-bus-stripe-log");
    expect(target.inputs["inputTransformer"]).toBeUndefined();
    expect(program.one("aws:apigateway/methodSettings:MethodSettings").inputs["settings"]).toMatchObject({
      throttlingBurstLimit: 50,
      throttlingRateLimit: 20,
    });
    const retention = program
      .all("aws:cloudwatch/logGroup:LogGroup")
      .map(({ inputs }) => inputs["retentionInDays"] as number);
    expect(new Set(retention)).toEqual(new Set([30]));
    const policy = String(
      program.one("aws:iam/rolePolicy:RolePolicy", "inbox-ingest-policy").inputs["policy"],
    );
    expect(policy).toContain("arn:aws:secretsmanager:us-east-1:123456789012:secret:hooks/stripe-??????");
    expect(policy).toContain('"kms:Decrypt"');
    expect(policy).not.toContain("ssm:GetParameters");
    expect(program.one("aws:lambda/function:Function", "inbox-ingest").inputs["environment"]).toMatchObject({
      variables: { RECORD_RETENTION_DAYS: "14", QUARANTINE: "false" },
    });
    expect(policy).not.toContain("/rejected/");
    const lifecycle = program.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs;
    expect(lifecycle["transitionDefaultMinimumObjectSize"]).toBe("varies_by_storage_class");
    expect(lifecycle["rules"]).toContainEqual({
      id: "raw-payloads-expire",
      status: "Enabled",
      filter: { prefix: "raw/" },
      expiration: { days: 365 },
    });
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs["loggingConfiguration"]).toMatchObject({
      includeExecutionData: true,
    });
    expect(program.outputs["record_retention_days"]).toBe(14);
    expect(program.one("aws:sfn/stateMachine:StateMachine").inputs["definition"]).toContain(
      "type = 'invoice.paid'",
    );
  });
});
