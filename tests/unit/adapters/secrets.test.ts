import {
  CACHE_MS,
  cachedSecrets,
  parseSecrets,
  REFRESH_PAUSE_MS,
  type ReadSecret,
} from "../../../functions/adapters/secrets";

function world(read: jest.MockedFunction<ReadSecret>) {
  const clock = { now: 1_000_000 };
  const lines: Record<string, unknown>[] = [];
  const secrets = cachedSecrets(
    new Map([["stripe", { ssm: "/inbox/stripe" }]]),
    read,
    () => clock.now,
    (line) => lines.push(line),
  );
  return { clock, lines, secrets };
}

const reading = (...stored: (string | Error)[]) => {
  const read: jest.MockedFunction<ReadSecret> = jest.fn();
  for (const one of stored) {
    if (one instanceof Error) read.mockRejectedValueOnce(one);
    else read.mockResolvedValueOnce(one);
  }
  return read;
};

describe("a stored secret", () => {
  test("is the text as it is", () => {
    expect(parseSecrets("whsec_one")).toEqual(["whsec_one"]);
  });

  test("can be several, as a JSON array", () => {
    expect(parseSecrets('["whsec_new","whsec_old"]')).toEqual(["whsec_new", "whsec_old"]);
  });

  test.each(["", "[]", '[""]', "[1]", '["a",null]'])(
    "is refused where it lets everybody sign: %j",
    (stored) => {
      expect(() => parseSecrets(stored)).toThrow("neither a secret nor a JSON array of secrets");
    },
  );

  test("never shows in an error", async () => {
    const { secrets } = world(reading('["", "whsec_hidden"]'));
    const error = await secrets.get("stripe").catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("/inbox/stripe");
    expect(String(error)).not.toContain("whsec_hidden");
  });
});

describe("the cache of secrets", () => {
  test("reads a secret once", async () => {
    const read = reading("one");
    const { secrets } = world(read);
    expect([await secrets.get("stripe"), await secrets.get("stripe")]).toEqual([["one"], ["one"]]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test("reads it again when it is old", async () => {
    const { clock, secrets } = world(reading("one", "two"));
    await secrets.get("stripe");
    clock.now += CACHE_MS;
    expect(await secrets.get("stripe")).toEqual(["two"]);
  });

  test("goes on with the last one while the store is down, and asks it only now and then", async () => {
    const read = reading("one", new Error("down"), "two");
    const { clock, lines, secrets } = world(read);
    await secrets.get("stripe");
    clock.now += CACHE_MS;
    expect(await secrets.get("stripe")).toEqual(["one"]);
    expect(await secrets.get("stripe")).toEqual(["one"]);
    expect(read).toHaveBeenCalledTimes(2);
    expect(lines.map(({ event }) => event)).toEqual(["secrets.stale"]);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.get("stripe")).toEqual(["two"]);
  });

  test("rejects where there never was one: nobody can be verified", async () => {
    const { secrets } = world(reading(new Error("ParameterNotFound")));
    await expect(secrets.get("stripe")).rejects.toThrow("secret of stripe (/inbox/stripe) failed");
  });

  test("is refreshed on demand, but not by every forged signature", async () => {
    const read = reading("one", "two");
    const { clock, secrets } = world(read);
    await secrets.get("stripe");
    expect(await secrets.refresh("stripe")).toBe(false);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.refresh("stripe")).toBe(true);
    expect(await secrets.refresh("stripe")).toBe(false);
    expect(await secrets.get("stripe")).toEqual(["two"]);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test("are none for a provider that has no place for one, and nothing is read", async () => {
    const read = reading();
    const { secrets } = world(read);
    expect(await secrets.get("strava")).toEqual([]);
    expect(read).not.toHaveBeenCalled();
  });
});
