import { SecretProblemError } from "../../../../functions/domain/secret-problem";
import { AWAITED, parseSecrets } from "../../../../functions/domain/stored-secrets";
import {
  CACHE_MS,
  cachedSecrets,
  PROBLEM_PAUSE_MS,
  REFRESH_PAUSE_MS,
} from "../../../../functions/adapters/secrets";
import { READ_AT_ONCE } from "../../../../functions/adapters/secret-store";
import type { SecretRef } from "../../../../functions/domain/secret-ref";

type ReadOne = (ref: SecretRef) => Promise<string | undefined>;

function world(read: jest.MockedFunction<ReadOne>) {
  const clock = { now: 1_000_000 };
  const lines: Record<string, unknown>[] = [];
  const secrets = cachedSecrets(
    new Map([["stripe", { ssm: "/inbox/stripe" }]]),
    (refs) => Promise.all(refs.map((ref) => read(ref))),
    () => clock.now,
    (line) => lines.push(line),
  );
  return { clock, lines, secrets };
}

const reading = (...stored: (string | undefined | Error)[]) => {
  const read: jest.MockedFunction<ReadOne> = jest.fn();
  for (const one of stored) {
    if (one instanceof Error) read.mockRejectedValueOnce(one);
    else read.mockResolvedValueOnce(one);
  }
  return read;
};

describe("a stored secret", () => {
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
    expect(lines.map(({ event }) => event).filter((event) => event !== "secrets.short")).toEqual([
      "secrets.stale",
    ]);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.get("stripe")).toEqual(["two"]);
  });

  test("does not use a secret from its expiry on, also where it was read before", async () => {
    const expiresAt = new Date(1_000_000 + 60_000).toISOString();
    const { clock, secrets } = world(reading(JSON.stringify(["new", { secret: "old", expiresAt }])));
    expect(await secrets.get("stripe")).toEqual(["new", "old"]);
    clock.now += 60_000;
    expect(await secrets.get("stripe")).toEqual(["new"]);
  });

  test.each([
    ["secret_missing", undefined, "is not stored"],
    ["secret_missing", "learn\n", "the provider sends it in its handshake"],
    ["secret_malformed", "[]", "is neither a secret nor a JSON array of secrets"],
    ["secret_malformed", "whsec_...", "is a placeholder"],
    ["secret_malformed", '["real-real-real-real","changeme"]', "is a placeholder"],
    ["secret_unreadable", new Error("503 down"), "was not reached: Error: 503 down"],
  ])("rejects with %s where %j is stored, and says what and where it is", async (reason, stored, what) => {
    const { secrets } = world(reading(stored));
    const error = await secrets.get("stripe").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretProblemError);
    expect(error).toMatchObject({ reason });
    expect(String(error)).toContain("the secret of stripe (/inbox/stripe)");
    expect(String(error)).toContain(what);
  });

  test("asks for one that is missing only now and then, and takes it once it is there", async () => {
    const read = reading(undefined, "one");
    const { clock, secrets } = world(read);
    for (let requests = 0; requests < 10; requests += 1) {
      await expect(secrets.get("stripe")).rejects.toMatchObject({ reason: "secret_missing" });
    }
    expect(read).toHaveBeenCalledTimes(1);
    clock.now += PROBLEM_PAUSE_MS;
    expect(await secrets.get("stripe")).toEqual(["one"]);
  });

  test("warns of a short one, without it", async () => {
    const { secrets, lines } = world(reading("shorty"));
    await secrets.get("stripe");
    expect(lines).toEqual([
      { event: "secrets.short", provider: "stripe", parameter: "/inbox/stripe", atLeast: 16 },
    ]);
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

describe("the secrets of many providers", () => {
  const names = Array.from({ length: 25 }, (_, index) => `p${index}`);
  const many = (read: (refs: readonly SecretRef[]) => Promise<readonly (string | undefined)[]>) => {
    const clock = { now: 1_000_000 };
    const refs = new Map<string, SecretRef>(names.map((name) => [name, { ssm: `/inbox/${name}` }]));
    refs.set("managed", { secretsManager: "managed" });
    const calls: (readonly SecretRef[])[] = [];
    const counted = (wanted: readonly SecretRef[]) => {
      calls.push(wanted);
      return read(wanted);
    };
    return {
      clock,
      calls,
      secrets: cachedSecrets(
        refs,
        counted,
        () => clock.now,
        () => undefined,
      ),
    };
  };
  const textOf = (ref: SecretRef) => ("ssm" in ref ? `secret of ${ref.ssm}` : "managed secret, in one piece");
  const all = async (refs: readonly SecretRef[]) => refs.map(textOf);

  test("are read ten at a time: a cold start takes a tenth of the account's reads", async () => {
    const { calls, secrets } = many(all);
    for (const name of names) expect(await secrets.get(name)).toEqual([`secret of /inbox/${name}`]);
    expect(calls).toHaveLength(3);
    expect(Math.max(...calls.map((refs) => refs.length))).toBe(READ_AT_ONCE);
    await secrets.get("managed");
    expect(calls.at(-1)).toEqual([{ secretsManager: "managed" }]);
  });

  test("one that is missing is a problem of its own provider alone", async () => {
    const { secrets } = many(async (refs) =>
      refs.map((ref) => ("ssm" in ref && ref.ssm.endsWith("p3") ? undefined : textOf(ref))),
    );
    expect(await secrets.get("p0")).toEqual(["secret of /inbox/p0"]);
    await expect(secrets.get("p3")).rejects.toMatchObject({ reason: "secret_missing" });
    expect(await secrets.get("p4")).toEqual(["secret of /inbox/p4"]);
  });

  test("one whose key may not be used does not take the others with it", async () => {
    const { secrets } = many(async (refs) => {
      if (refs.some((ref) => "ssm" in ref && ref.ssm.endsWith("p3")))
        throw new Error("400 AccessDeniedException kms");
      return all(refs);
    });
    expect(await secrets.get("p0")).toEqual(["secret of /inbox/p0"]);
    await expect(secrets.get("p3")).rejects.toMatchObject({ reason: "secret_unreadable" });
  });

  test("a flood of forged signatures reads less and less often while nothing new is found, and a new secret is", async () => {
    let stored = "first-first-first-first";
    const { clock, calls, secrets } = many(async (refs) => refs.map(() => stored));
    await secrets.get("p0");
    const flood = async (minutes: number) => {
      const before = calls.length;
      for (let second = 0; second < minutes * 60; second += 1) {
        clock.now += 1_000;
        await secrets.refresh("p0");
      }
      return calls.length - before;
    };
    expect(await flood(4)).toBeLessThanOrEqual(3);
    expect(await flood(10)).toBeLessThanOrEqual(3);
    stored = "second-second-second-second";
    await flood(5);
    expect(await secrets.get("p0")).toEqual([stored]);
  });
});

describe("a secret that the provider is to send", () => {
  function learning(...stored: (string | Error)[]) {
    const values = [...stored];
    const current = { value: values[0] };
    const written: [string, string][] = [];
    const clock = { now: 1_000_000 };
    const secrets = cachedSecrets(
      new Map<string, SecretRef>([
        ["asana", { ssm: "/inbox/asana" }],
        ["managed", { secretsManager: "asana" }],
      ]),
      async (refs) => {
        const { value } = current;
        if (value instanceof Error) throw value;
        return refs.map(() => value ?? "");
      },
      () => clock.now,
      () => undefined,
      async ({ ssm }, secret) => {
        written.push([ssm, secret]);
        current.value = secret;
      },
    );
    return { secrets, written, clock, store: (value: string) => (current.value = value) };
  }

  test("is no secret yet: nobody can sign with the word that stands in its place", async () => {
    const { secrets } = learning(AWAITED);
    await expect(secrets.get("asana")).rejects.toThrow("the provider sends it in its handshake");
    expect(() => parseSecrets(AWAITED)).toThrow();
  });

  test("is taken as soon as it is sent, also if it was requested a moment ago", async () => {
    const { secrets } = learning(AWAITED);
    await expect(secrets.get("asana")).rejects.toThrow();
    await secrets.learn("asana", "told-1");
    expect(await secrets.get("asana")).toEqual(["told-1"]);
  });

  test.each(["learn\n", " learn", '"learn"'])("is awaited as %j, too", async (stored) => {
    expect(await learning(stored).secrets.learn("asana", "told-1")).toBe(true);
  });

  test("is written once, and used from then on", async () => {
    const { secrets, written } = learning(AWAITED);
    expect(await secrets.learn("asana", "told-1")).toBe(true);
    expect(await secrets.get("asana")).toEqual(["told-1"]);
    expect(await secrets.learn("asana", "told-2")).toBe(false);
    expect(written).toEqual([["/inbox/asana", "told-1"]]);
  });

  test("that is sent again, because the answer was lost, is the same", async () => {
    const { secrets, written, clock } = learning(AWAITED);
    await secrets.learn("asana", "told-1");
    expect(await secrets.learn("asana", "told-1")).toBe(true);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.learn("asana", "told-1")).toBe(true);
    expect(written).toHaveLength(1);
  });

  test("does not replace one that is stored, also by another function", async () => {
    const { secrets, written } = learning("stored");
    expect(await secrets.learn("asana", "told")).toBe(false);
    expect(await secrets.get("asana")).toEqual(["stored"]);
    expect(written).toEqual([]);
  });

  test("is awaited again once the operator says so", async () => {
    const { secrets, clock, store } = learning("stored");
    await secrets.get("asana");
    store(AWAITED);
    expect(await secrets.learn("asana", "told")).toBe(false);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.learn("asana", "told")).toBe(true);
  });

  test("of one more webhook is learnt beside those that are there, once for each place that the operator leaves for it", async () => {
    const { secrets, clock, written } = learning(`["${AWAITED}","told-1"]`);
    expect(await secrets.get("asana")).toEqual(["told-1"]);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.learn("asana", "told-2")).toBe(true);
    expect(await secrets.get("asana")).toEqual(["told-2", "told-1"]);
    clock.now += REFRESH_PAUSE_MS;
    expect(await secrets.learn("asana", "told-3")).toBe(false);
    expect(await secrets.learn("asana", "told-1")).toBe(true);
    expect(written).toEqual([["/inbox/asana", '["told-2","told-1"]']]);
  });

  test("alone in a list is awaited like one that stands by itself", async () => {
    const { secrets } = learning(`["${AWAITED}"]`);
    await expect(secrets.get("asana")).rejects.toThrow("the provider sends it in its handshake");
    expect(await secrets.learn("asana", "told")).toBe(true);
    expect(await secrets.get("asana")).toEqual(["told"]);
  });

  test("is only stored in SSM, for providers that there are, and an outage is said", async () => {
    const { secrets } = learning(AWAITED);
    expect(await secrets.learn("managed", "told")).toBe(false);
    expect(await secrets.learn("nobody", "told")).toBe(false);
    await expect(learning(new Error("down")).secrets.learn("asana", "told")).rejects.toThrow("/inbox/asana");
  });
});
