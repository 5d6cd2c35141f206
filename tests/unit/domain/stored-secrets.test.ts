import { formatSecrets, liveSecrets, parseSecrets } from "../../../functions/domain/stored-secrets";

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
  ])("are refused as a whole where one of them lets everybody sign, or would never end: %j", (stored) => {
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
