import * as pulumi from "@pulumi/pulumi";
import { complete } from "../../../config";
import { MAX_CONSUMERS } from "../../../config/consumer";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:reports";
const named = (over: Record<string, unknown>) => ({ name: "billing", queue: {}, ...over });
const messageOf = (consumers: unknown): string => {
  try {
    complete({ environmentSuffix: "dev", providers: [], consumers }, "It", "webhook-inbox");
    return "nothing was rejected";
  } catch (error) {
    return String(error);
  }
};

describe("consumers that cannot work are rejected before anything is created:", () => {
  test.each<[string, unknown, string]>([
    ["no list", { billing: {} }, "allowed is a list of consumers"],
    [
      "one without a way to get its events",
      [{ name: "billing" }],
      "consumers[0]: allowed is exactly one of queue",
    ],
    ["one with two ways", [named({ lambda: { arn: ARN } })], "consumers[0]: allowed is exactly one of queue"],
    [
      "a name that is no part of a queue's",
      [named({ name: "Billing" })],
      'consumers[0].name = "Billing": allowed',
    ],
    [
      "two of one name",
      [named({}), named({})],
      'consumers[1].name = "billing": another consumer has this name',
    ],
    ["a key that is not known", [named({ whn: "true" })], 'unknown key "whn". Did you mean when?'],
    ["a `when` that is no JSONata", [named({ when: "type = " })], "consumers[0].when"],
    [
      "a `when` that Step Functions rejects",
      [named({ when: "$$.type = 'a'" })],
      "Step Functions knows no $$",
    ],
    [
      "a function without its ARN",
      [{ name: "x", lambda: { arn: "reports" } }],
      "allowed is the ARN of a Lambda",
    ],
    [
      "a batch larger than SQS has",
      [{ name: "x", lambda: { arn: ARN, batchSize: 11 } }],
      "consumers[0].lambda.batchSize = 11: allowed are whole numbers from 1 to 10",
    ],
    [
      "more than the workflow's role can name",
      Array.from({ length: MAX_CONSUMERS + 1 }, (_, index) => named({ name: `c${index}` })),
      `allowed are at most ${MAX_CONSUMERS} consumers`,
    ],
  ])("%s", (_, consumers, message) => expect(messageOf(consumers)).toContain(message));

  const SECRET = { ssm: "/inbox/crm" };
  const over = (http: object) => [
    { name: "crm", http: { url: "https://crm.example.com/", secret: SECRET, ...http } },
  ];
  test.each<[string, object, string]>([
    [
      "one in a private network",
      { url: "https://10.0.0.8/hooks" },
      "10.0.0.8 is in a private or reserved network",
    ],
    ["AWS's metadata", { url: "https://169.254.169.254/" }, "private or reserved network"],
    [
      "one without TLS",
      { url: "http://crm.example.com/" },
      "allowed is an address that begins with https://",
    ],
    ["credentials", { url: "https://me:pass@crm.example.com/" }, "would put them into the state"],
    ["the secret itself", { secret: { ssm: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } }, "the secret itself"],
    ["a time-out that its function does not have", { timeoutSeconds: 26 }, "whole numbers from 1 to 25"],
    ["one call at a time, which Lambda cannot do", { concurrency: 1 }, "whole numbers from 2 to 1000"],
  ])("over HTTP, %s", (_, http, message) => expect(messageOf(over(http))).toContain(message));

  test("the original of a provider that alone can sign it, unless it does not get there", () => {
    const complain = (when?: string) => {
      const [crm] = over({ as: "original" });
      const secret = { ssm: "/inbox/x" };
      const providers = [
        { name: "stripe", scheme: "stripe", secret },
        { name: "paypal", scheme: "paypal", secret },
      ];
      const consumers = [{ ...crm, ...(when !== undefined && { when }) }];
      complete({ environmentSuffix: "dev", providers, consumers }, "It", "webhook-inbox");
    };
    expect(() => complain()).toThrow("consumers[0].http.as: the original of paypal cannot be signed again");
    expect(() => complain("type = 'x' and provider in ['paypal', 'stripe']")).toThrow("paypal");
    expect(() => complain("(provider = 'stripe') and data.total > 1")).not.toThrow();
  });

  test("the original of a provider whose events are redacted: it would be whole", () => {
    const [crm] = over({ as: "original" });
    const secret = { ssm: "/inbox/x" };
    const stripe = { name: "stripe", scheme: "stripe", secret, redact: ["data.object.email"] };
    const complain = (consumer: object) =>
      complete(
        { environmentSuffix: "dev", providers: [stripe], consumers: [{ ...crm, ...consumer }] },
        "It",
        "webhook-inbox",
      );
    expect(() => complain({})).toThrow("the original of stripe would have what redact leaves out");
    expect(() => complain({ when: "provider = 'other'" })).not.toThrow();
  });

  test("none", () => {
    expect(
      messageOf([named({ when: "type = 'a'" }), { name: "reports", lambda: { arn: `${ARN}:live` } }]),
    ).toBe("nothing was rejected");
  });
});

describe("a warning is given of a `when`", () => {
  const warned = (when: string) => {
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    complete({ environmentSuffix: "dev", providers: [], consumers: [named({ when })] }, "It");
    return warn.mock.calls.splice(0).map(([text]) => text);
  };

  test("that looks at data, which large payloads do not travel with", () => {
    expect(warned("data.amount > 3")).toEqual([expect.stringMatching(/consumer billing: .*100 KB/)]);
  });

  test("that can be slow", () => {
    expect(warned("$match(type, /(a+)+b/)")).toEqual([
      expect.stringContaining("consumer billing: the regular"),
    ]);
  });

  test.each(["type = 'a'", "$exists(dataref) or data.amount > 3"])("but not of %s", (when) =>
    expect(warned(when)).toEqual([]),
  );
});
