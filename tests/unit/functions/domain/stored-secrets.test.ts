import {
  formatSecrets,
  hasShortSecret,
  isAwaited,
  liveSecrets,
  parseSecrets,
  unusable,
} from "../../../../functions/domain/stored-secrets";

describe("stored secrets", () => {
  test("are the text as it is", () => {
    expect(parseSecrets("whsec_one")).toEqual([{ secret: "whsec_one" }]);
  });

  test("can be several, as a JSON array, some with an expiry", () => {
    const old = { secret: "whsec_old", expiresAt: "2026-01-02T03:04:05Z", addedAt: "2025-01-01T00:00:00Z" };
    expect(parseSecrets(JSON.stringify(["whsec_new", old]))).toEqual([{ secret: "whsec_new" }, old]);
  });

  test.each([
    "",
    "[]",
    '[""]',
    "[1]",
    '["a",null]',
    '[{"secret":""}]',
    '[{"expiresAt":"2026-01-02T03:04:05Z"}]',
    '[{"secret":"a","expiresAt":"soon"}]',
    '[{"secret":"a","expiresAt":1767323045}]',
  ])("are rejected as a whole where one of them lets everybody sign, or would never end: %j", (stored) => {
    expect(() => parseSecrets(stored)).toThrow("neither a secret nor a JSON array of secrets");
  });

  test("do not show in the error of a text that is not JSON", () => {
    expect(() => parseSecrets("[whsec_hidden")).toThrow(/^(?!.*whsec_hidden)/);
  });

  test("are used until their expiry, in their order", () => {
    const secrets = parseSecrets('["a",{"secret":"b","expiresAt":"2026-01-01T00:00:00Z"},"c"]');
    const expiry = Date.parse("2026-01-01T00:00:00Z");
    expect(liveSecrets(secrets, expiry - 1)).toEqual(["a", "b", "c"]);
    expect(liveSecrets(secrets, expiry)).toEqual(["a", "c"]);
  });

  test("are read back as they were written", () => {
    const secrets = [{ secret: "b", addedAt: "2026-01-02T03:04:05Z" }, { secret: "a" }];
    expect(parseSecrets(formatSecrets(secrets))).toEqual(secrets);
  });
});

describe("a secret that was pasted", () => {
  test.each([
    "whsec_one\n",
    "whsec_one\r\n",
    "  whsec_one\t",
    '"whsec_one"',
    "'whsec_one'\n",
    "`whsec_one`",
    '" whsec_one "',
  ])("is the secret without what cannot be part of it: %j", (stored) => {
    expect(parseSecrets(stored)).toEqual([{ secret: "whsec_one" }]);
  });

  test("can be a JSON text, in which the line ends of a PEM are escaped", () => {
    const pem = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----";
    expect(parseSecrets(JSON.stringify(`${pem}\n`))).toEqual([{ secret: pem }]);
    expect(parseSecrets(`${pem}\n`)).toEqual([{ secret: pem }]);
  });

  test("keeps a quote that is its own, and in an array everything", () => {
    expect(parseSecrets('"abc')).toEqual([{ secret: '"abc' }]);
    expect(parseSecrets('\n["\\"abc\\" "]')).toEqual([{ secret: '"abc" ' }]);
  });

  test.each(["learn", "learn\n", " learn ", '"learn"'])(
    "says that the provider sends it in its handshake: %j",
    (stored) => {
      expect(isAwaited(stored)).toBe(true);
      expect(() => parseSecrets(stored)).toThrow("the provider sends it in its handshake");
    },
  );

  test.each([" ", "\n", '""', "''", '["  "]'])("is none if nothing is left of it: %j", (stored) => {
    expect(() => parseSecrets(stored)).toThrow("neither a secret");
  });
});

describe("a secret that is none", () => {
  test.each([
    "whsec_...",
    "v1,whsec_...",
    "whsec_",
    "whsec_xxxxxxxx",
    "whsec_***",
    "whsec_<secret>",
    "whsec_your_secret",
    "...",
    "\u2026",
    "changeme",
    "CHANGE_ME",
    "change-this-secret",
    "replace_me",
    "<secret>",
    "<your webhook secret>",
    "{{ secret }}",
    "${WEBHOOK_SECRET}",
    "$WEBHOOK_SECRET",
    "your-secret",
    "your_webhook_secret",
    "your-signing-secret-here",
    "YourSecretKey",
    "webhook-secret",
    "placeholder",
    "todo",
    "user:password",
    "this_secret_is_for_testing_only",
  ])("%s is rejected", (secret) => {
    expect(unusable([{ secret }], 0)).toMatch(/^is (?:a placeholder: put|publicly known: Zendesk)/);
  });

  test.each([
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "dummy-github-0123456789abcdef",
    "s",
    "x".repeat(64),
    "youraccountsrealsecret-4711",
    "changemyth",
    "arn:aws:sns:us-east-1:123456789012:example",
    "https://auth.example.com/.well-known/jwks.json",
    "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
  ])("%s is one", (secret) => {
    expect(unusable([{ secret }], 0)).toBeUndefined();
  });

  test("that has expired does no harm", () => {
    const expired = { secret: "changeme", expiresAt: "2026-01-01T00:00:00Z" };
    expect(unusable([{ secret: "real" }, expired], Date.parse("2026-01-02"))).toBeUndefined();
    expect(unusable([{ secret: "real" }, expired], Date.parse("2025-01-02"))).toContain("placeholder");
  });
});

test("a short secret is known by its length", () => {
  expect(hasShortSecret([{ secret: "x".repeat(16) }], 0)).toBe(false);
  expect(hasShortSecret([{ secret: "x".repeat(16) }, { secret: "x".repeat(15) }], 0)).toBe(true);
});
