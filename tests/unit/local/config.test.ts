import { stackConfig } from "../../../local/deployer/config";

test("the stack's configuration is what the Pulumi CLI would give: the project's, then the stack's file, then what is set", () => {
  const config = stackConfig("local", { logRetentionDays: 30 });
  expect(config).toMatchObject({
    "aws:region": "us-east-1",
    "webhook-inbox:environmentSuffix": "local",
    "webhook-inbox:logRetentionDays": "30",
  });
  expect(JSON.parse(config["webhook-inbox:providers"] ?? "")).toContainEqual({
    name: "stripe",
    scheme: "stripe",
    secret: { ssm: "/webhook-inbox/local/stripe" },
  });
});
