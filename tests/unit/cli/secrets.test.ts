import { describeSecrets, withoutSecret, withSecret } from "../../../cli/secrets";

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
    ["whsec_***", "standard-webhooks", "does not fit the scheme standard-webhooks"],
  ])("%j for %s is refused: %s", (secret, scheme, message) => {
    expect(() => withSecret([OLD], secret, scheme, NOW)).toThrow(message);
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

  test("is refused where none without an end would be left, or there is none of this index", () => {
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
