import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertOwnHost, remoteTarget } from "../../../load/runner/target";
import { parseOptions } from "../../../load/runner/options";

describe("load goes to the stack's own endpoint", () => {
  const own = "https://abc.execute-api.us-east-1.amazonaws.com/v1/webhook";

  test("and to no other host", () => {
    expect(() => assertOwnHost(own, own, false)).not.toThrow();
    expect(() => assertOwnHost("https://example.com/v1/webhook", own, false)).toThrow(
      "example.com is not the stack's own endpoint (abc.execute-api.us-east-1.amazonaws.com)",
    );
    expect(() =>
      assertOwnHost("https://abc.execute-api.us-east-1.amazonaws.com.evil.example/", own, false),
    ).toThrow("not the stack's own endpoint");
    expect(() => assertOwnHost("not an address", own, false)).toThrow("is no address");
  });

  test("unless it is said to be one's own", () => {
    expect(() => assertOwnHost("https://hooks.example.com/webhook", own, true)).not.toThrow();
  });
});

test("load signs with the newest secret that is still used, as the inbox reads it", async () => {
  const Value = JSON.stringify([
    { secret: "whsec_over", expiresAt: "2026-01-01T00:00:00Z" },
    { secret: "whsec_newest", addedAt: "2026-01-01T00:00:00Z" },
    "whsec_old",
  ]);
  mockClient(SSMClient).on(GetParameterCommand).resolves({ Parameter: { Value } });
  mockClient(SecretsManagerClient).on(GetSecretValueCommand).resolves({ SecretString: Value });
  const folder = mkdtempSync(join(tmpdir(), "load-"));
  try {
    const outputs = join(folder, "outputs.json");
    writeFileSync(outputs, JSON.stringify({ api_endpoint: "https://abc.example.com/v1/webhook" }));
    const { providers } = await remoteTarget({ outputs, name: "local", iOwnThisHost: false });
    expect(providers["stripe"]).toEqual({ scheme: "stripe", secret: "whsec_newest" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("options", () => {
  test("have amounts of their own for each kind", () => {
    expect(parseOptions(["soak", "--seconds", "3600"])).toMatchObject({
      kind: "soak",
      amount: { seconds: 3600, rate: 10 },
      where: { stack: "own" },
    });
  });

  test.each([
    [[], "Say which: smoke, throttle"],
    [["smok"], "Say which"],
    [["soak", "--rate=-1"], "--rate -1"],
    [["throttle", "--expect", "5000"], "give burst and rate"],
    [["smoke", "--url", "https://example.com"], "needs --outputs and --stack"],
    [["smoke", "--outputs", "o.json"], "needs --outputs and --stack"],
  ])("%j are rejected", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
