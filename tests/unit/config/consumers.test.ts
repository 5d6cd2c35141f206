import * as pulumi from "@pulumi/pulumi";
import { complete } from "../../../config";
import { MAX_CONSUMERS } from "../../../config/consumer";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:reports";
const named = (over: Record<string, unknown>) => ({ name: "billing", queue: {}, ...over });
const messageOf = (consumers: unknown): string => {
  try {
    complete({ environmentSuffix: "dev", providers: [], consumers }, "It", "webhook-inbox");
    return "nothing was refused";
  } catch (error) {
    return String(error);
  }
};

describe("consumers that cannot work are refused before anything is created:", () => {
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
    ["a key that is not known", [named({ whn: "true" })], "does not know the key whn. Did you mean when?"],
    ["a `when` that is no JSONata", [named({ when: "type = " })], "consumers[0].when"],
    [
      "a `when` that Step Functions refuses",
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

  test("none", () => {
    expect(
      messageOf([named({ when: "type = 'a'" }), { name: "reports", lambda: { arn: `${ARN}:live` } }]),
    ).toBe("nothing was refused");
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
