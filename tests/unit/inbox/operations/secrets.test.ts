import { issueOf } from "../../../../inbox/secret-issues";
import { SecretProblemError } from "../../../../functions/domain/secret-problem";
import { parseSecrets } from "../../../../functions/domain/stored-secrets";
import { keyPair } from "../../../../providers/engine/test-keys";
import { describeSecrets, warningOf, withoutSecret, withSecret } from "../../../../inbox/operations/secrets";

const NOW = Date.parse("2026-01-02T03:04:05.000Z");
const OLD = { secret: "old-secret-of-32-characters-long!" };

describe("adding a secret", () => {
  test("puts it in front, with the time", () => {
    expect(withSecret([OLD], "new", "stripe", NOW)).toEqual([
      { secret: "new", addedAt: "2026-01-02T03:04:05.000Z" },
      OLD,
    ]);
  });

  test("again after it expired gives it no end", () => {
    const expired = { ...OLD, expiresAt: "2026-01-01T00:00:00Z" };
    expect(withSecret([expired], OLD.secret, "stripe", NOW)).toEqual([
      { secret: OLD.secret, addedAt: "2026-01-02T03:04:05.000Z" },
    ]);
  });

  test.each([
    ["", "stripe", "empty"],
    ["two words", "stripe", "white space"],
    [OLD.secret, "stripe", "in use already"],
    ["whsec_a*b", "standard-webhooks", "does not fit the scheme standard-webhooks"],
    ["whsec_...", "stripe", "is a placeholder"],
    ["your-secret", "hmac-sha256", "is a placeholder"],
    ["'changeme'\n", "hmac-sha256", "is a placeholder"],
    [
      "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
      "discord",
      "does not fit the scheme discord",
    ],
    ["not-an-arn", "aws-sns", "does not fit the scheme aws-sns"],
  ])("%j for %s is rejected: %s", (secret, scheme, message) => {
    expect(() => withSecret([OLD], secret, scheme, NOW)).toThrow(message);
  });

  test.each([
    ["v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "standard-webhooks"],
    ["arn:aws:sns:us-east-1:123456789012:mine", "aws-sns"],
    [keyPair("ed25519").secret, "discord"],
    ["a".repeat(64), "adyen"],
    [keyPair("rsa").secret, "wix"],
  ])("takes %j for %s as the provider shows it, also with quotes and a line end", (secret, scheme) => {
    for (const pasted of [secret, `${secret}\n`, `"${secret}"`]) {
      expect(withSecret([], pasted, scheme, NOW)).toMatchObject([{ secret: secret.trim() }]);
    }
  });

  test("puts placeholders that are stored away", () => {
    const after = withSecret(
      [{ secret: "changeme" }, OLD],
      "a-new-secret-of-32-characters-xy",
      "stripe",
      NOW,
    );
    expect(after.map(({ secret }) => secret)).toEqual(["a-new-secret-of-32-characters-xy", OLD.secret]);
  });

  test("warns of one that can be guessed, without it", () => {
    expect(warningOf({ secret: "fifteen-letters" })).toMatch(/less than 16 characters/);
    expect(warningOf({ secret: "sixteen-letters!" })).toBeUndefined();
  });

  test("never repeats the secret in an error", () => {
    expect(() => withSecret([], "whsec_*hidden*", "svix", NOW)).toThrow(/^(?!.*hidden)/);
  });
});

describe("retiring a secret", () => {
  const secrets = [{ secret: "new" }, OLD];

  test("at once removes it", () => {
    expect(withoutSecret(secrets, 1, undefined, NOW)).toEqual([{ secret: "new" }]);
  });

  test("after a while gives it an end", () => {
    expect(withoutSecret(secrets, 1, 86_400, NOW)[1]).toEqual({
      ...OLD,
      expiresAt: "2026-01-03T03:04:05.000Z",
    });
  });

  test("is rejected where none without an end would be left, or there is none of this index", () => {
    expect(() => withoutSecret([{ secret: "only" }], 0, undefined, NOW)).toThrow("Add the new one first");
    const ending = [{ secret: "new" }, { ...OLD, expiresAt: "2026-01-03T00:00:00Z" }];
    expect(() => withoutSecret(ending, 0, 3_600, NOW)).toThrow("Add the new one first");
    expect(() => withoutSecret(secrets, 2, undefined, NOW)).toThrow("There is no secret 2");
  });
});

test("a list of secrets shows nothing of them", () => {
  const lines = describeSecrets([OLD, { secret: "weak", expiresAt: "2026-01-02T03:04:05Z" }], NOW);
  expect(lines).toEqual([
    { index: 0, length: "32 to 63", addedAt: null, expiresAt: null, live: true },
    { index: 1, length: "short (below 16)", addedAt: null, expiresAt: "2026-01-02T03:04:05Z", live: false },
  ]);
});

describe("the state of a provider's secrets", () => {
  const stateOf = async (stored: string | Error, scheme = "stripe") => {
    const read = async () => {
      if (stored instanceof Error) throw stored;
      return stored === "" ? [] : parseSecrets(stored);
    };
    return (await issueOf("own", scheme, { name: "the SSM parameter /own", read }))?.state;
  };

  test.each<[string | Error, string | undefined]>([
    ["a-real-secret-of-thirty-two-chars", undefined],
    ["", "missing"],
    ['[{"secret":"a-real-secret-of-thirty-two-chars","expiresAt":"2020-01-01T00:00:00Z"}]', "missing"],
    ["whsec_...", "malformed"],
    ["short", "short"],
    [new SecretProblemError("secret_malformed", "is neither"), "malformed"],
    [new SecretProblemError("secret_missing", "the provider sends it in its handshake"), "awaited"],
    [new Error("AccessDeniedException"), "unreadable"],
  ])("%s is %s", async (stored, state) => {
    expect(await stateOf(stored)).toBe(state);
  });

  test("is malformed if they do not fit the scheme", async () => {
    expect(await stateOf("not base64 at all!", "standard-webhooks")).toBe("malformed");
    expect(await stateOf(keyPair("ed25519").secret, "discord")).toBeUndefined();
  });
});
