import * as pulumi from "@pulumi/pulumi";
import { EventBus } from "../../../components/event-bus";
import { physicalName } from "../../../components/naming";
import { complete } from "../../../config";
import { DEFAULTS } from "../../../config/defaults";
import { WebhookInbox, type WebhookInboxArgs } from "../../../components";

const naming = { serviceName: "inbox", environmentSuffix: "dev" };

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
    call: () => ({}),
  }),
);

test("more providers than the catch-all rule's pattern can name are rejected", () => {
  const providers = Array.from({ length: 100 }, (_, index) => `a-provider-with-a-long-name-${index}`);
  expect(
    () =>
      new EventBus("wide", {
        ...naming,
        ...{ partition: "aws", accountId: "123456789012", region: "us-east-1", dnsSuffix: "amazonaws.com" },
        ...{ providers, protect: true, logRetentionDays: 7, eventLogData: false },
      }),
  ).toThrow(
    expect.objectContaining({ propertyPath: "providers", reason: expect.stringContaining("2048") as string }),
  );
});

test("a name longer than AWS takes is rejected", () => {
  expect(physicalName(naming, "queue")).toBe("inbox-queue-dev");
  expect(() => physicalName(naming, "x".repeat(60))).toThrow(/has 70 characters; AWS takes 64/);
});

describe("a WebhookInbox in a program of one's own", () => {
  const stripe = { name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } };
  const messageOf = (args: object): string => {
    try {
      new WebhookInbox("hooks", args as WebhookInboxArgs);
      return "nothing was rejected";
    } catch (error) {
      return String(error);
    }
  };

  test("lists every argument that is wrong, by its own name", () => {
    const message = messageOf({ logRetentionDays: 8, providers: [{ ...stripe, name: "Stripe" }] });
    expect(message).toContain("WebhookInbox hooks is not valid:");
    expect(message).toContain("- logRetentionDays = 8: allowed are 1, 3, 5, 7");
    expect(message).toContain('- providers[0].name = "Stripe": allowed are');
  });

  test("rejects a misspelt argument with the one that was meant", () => {
    expect(messageOf({ providers: [], alarmMail: "a@example.com" })).toContain(
      'unknown key "alarmMail". Did you mean alarmEmail?',
    );
  });

  test("requires providers", () => {
    expect(messageOf({})).toContain("providers: allowed is a list of providers");
  });

  test("takes an undefined argument as one that was left out", () => {
    expect(complete({ providers: [stripe], quarantine: undefined }, "it")).toMatchObject({
      ...DEFAULTS,
      environmentSuffix: pulumi.getStack(),
    });
  });

  test("keeps payloads out of the logs of executions and events, and small ones out of Glacier, if nothing is said", () => {
    const { executionLogData, eventLogData, archiveSmallPayloads } = complete({ providers: [stripe] }, "it");
    expect([executionLogData, eventLogData, archiveSmallPayloads]).toEqual([false, false, false]);
  });
});
