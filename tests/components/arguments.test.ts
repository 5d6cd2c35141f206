import * as pulumi from "@pulumi/pulumi";
import { EventBus } from "../../components/event-bus";
import { physicalName } from "../../components/naming";
import { WebhookQueue } from "../../components/webhook-queue";

const naming = { serviceName: "inbox", environmentSuffix: "dev" };

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
    call: () => ({}),
  }),
);

test("a queue whose messages come back while they are processed is refused", () => {
  const args = { ...naming, consumerTimeoutSeconds: 30, visibilityTimeoutSeconds: 179 };
  expect(() => new WebhookQueue("short", args)).toThrow(
    expect.objectContaining({
      propertyPath: "visibilityTimeoutSeconds",
      reason: expect.stringContaining("less than six times the consumer's timeout (180 s)") as string,
    }),
  );
});

test("more providers than the catch-all rule's pattern can name are refused", () => {
  const providers = Array.from({ length: 100 }, (_, index) => `a-provider-with-a-long-name-${index}`);
  expect(
    () => new EventBus("wide", { ...naming, partition: "aws", accountId: "123456789012", providers }),
  ).toThrow(
    expect.objectContaining({ propertyPath: "providers", reason: expect.stringContaining("2048") as string }),
  );
});

test("a name longer than AWS takes is refused", () => {
  expect(physicalName(naming, "queue")).toBe("inbox-queue-dev");
  expect(() => physicalName(naming, "x".repeat(60))).toThrow(/has 70 characters; AWS takes 64/);
});
