import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  cachedKeys,
  fetchText,
  KEY_CACHE_MS,
  KEY_REFRESH_PAUSE_MS,
  MAX_FETCHES_PER_MINUTE,
  MAX_KEY_BYTES,
  visit,
  type FetchText,
} from "../../../../functions/adapters/keys";
import type { KeyRequest } from "../../../../providers";
import { UnavailableError } from "../../../../functions/domain/errors";

const url = "https://keys.example.com/jwks.json";

function world(...answers: (string | undefined | Error)[]) {
  const clock = { now: 1_000_000 };
  const lines: Record<string, unknown>[] = [];
  const asked: string[] = [];
  const fetchOne: FetchText = async (request) => {
    asked.push(request.url);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const cache = cachedKeys(
    fetchOne,
    () => clock.now,
    (line) => lines.push(line),
  );
  const keys = {
    fetch: (request: KeyRequest, scheme = "paypal") => cache.fetch(request, scheme),
    refresh: (request: KeyRequest, scheme = "paypal") => cache.refresh(request, scheme),
  };
  return { clock, lines, asked, keys };
}

describe("the cache of keys", () => {
  test("fetches a key once an hour", async () => {
    const { keys, clock, asked } = world("one", "two");
    expect([await keys.fetch({ url }), await keys.fetch({ url })]).toEqual(["one", "one"]);
    clock.now += KEY_CACHE_MS - 1;
    expect(await keys.fetch({ url })).toBe("one");
    clock.now += 1;
    expect(await keys.fetch({ url })).toBe("two");
    expect(asked).toHaveLength(2);
  });

  test("keeps keys behind one address apart by what is posted there", async () => {
    const { keys } = world("one", "two");
    expect([await keys.fetch({ url, body: "a" }), await keys.fetch({ url, body: "b" })]).toEqual([
      "one",
      "two",
    ]);
  });

  test("remembers for a moment only that there is none", async () => {
    const { keys, clock, asked } = world(undefined, "one");
    expect([await keys.fetch({ url }), await keys.fetch({ url })]).toEqual([undefined, undefined]);
    expect(asked).toHaveLength(1);
    clock.now += KEY_REFRESH_PAUSE_MS;
    expect(await keys.fetch({ url })).toBe("one");
  });

  test("is refreshed when a key does not match, but not by every forged request", async () => {
    const { keys, clock, asked } = world("one", "two");
    await keys.fetch({ url });
    expect(await keys.refresh({ url })).toBe(false);
    clock.now += KEY_REFRESH_PAUSE_MS;
    expect(await keys.refresh({ url })).toBe(true);
    expect(await keys.fetch({ url })).toBe("two");
    expect(asked).toHaveLength(2);
  });

  test("goes on with what it has while the host is away, and says so", async () => {
    const { keys, clock, lines } = world("one", new Error("down"));
    await keys.fetch({ url });
    clock.now += KEY_CACHE_MS;
    expect(await keys.fetch({ url })).toBe("one");
    expect(await keys.refresh({ url })).toBe(false);
    expect(lines).toMatchObject([{ event: "keys.stale" }, { event: "keys.stale" }]);
  });

  test("says that it could not, and neither where exactly nor with which credentials", async () => {
    const { keys } = world(new Error("down"));
    const error = await keys.fetch({ url, body: "credentials" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toContain("keys.example.com");
    expect(String(error)).not.toMatch(/credentials|jwks/);
  });

  test("calls for a scheme no more often than its limit per minute, whatever hosts and paths strangers name", async () => {
    const { keys, clock, asked, lines } = world("one");
    await keys.fetch({ url });
    asked.length = 0;
    for (let index = 1; index < 10 * MAX_FETCHES_PER_MINUTE; index += 1)
      await keys.fetch({ url: `https://keys-${index}.example.com/jwks.json` });
    expect(asked).toHaveLength(MAX_FETCHES_PER_MINUTE - 1);
    // Answered as a key that does not exist: a stranger cannot make it an outage. Said once.
    expect(await keys.fetch({ url: `${url}?x` })).toBeUndefined();
    expect(await keys.refresh({ url: `${url}?x` })).toBe(false);
    expect(lines).toEqual([{ event: "keys.limited", scheme: "paypal" }]);
    // Another scheme has a limit of its own, and a minute later there is a new one.
    expect(await keys.fetch({ url: `${url}?x` }, "plaid")).toBe("one");
    clock.now += 60_000;
    expect(await keys.fetch({ url: `${url}?y` })).toBe("one");
  });

  test("counts made-up key ids that are posted with our credentials as well", async () => {
    const { keys, asked } = world(undefined);
    for (let index = 0; index < 10 * MAX_FETCHES_PER_MINUTE; index += 1)
      expect(await keys.fetch({ url, body: `{"key_id":"${index}"}` }, "plaid")).toBeUndefined();
    expect(asked).toHaveLength(MAX_FETCHES_PER_MINUTE);
  });

  test("fetches what held a key before while strangers flood, in the hour and after it", async () => {
    const { keys, clock, asked } = world("one");
    await keys.fetch({ url });
    for (let minute = 0; minute < 125; minute += 1) {
      clock.now += 60_000;
      for (let index = 0; index < 2 * MAX_FETCHES_PER_MINUTE; index += 1)
        await keys.fetch({ url: `${url}?${minute}-${index}` });
      expect(await keys.fetch({ url })).toBe("one");
      expect(await keys.refresh({ url })).toBe(true);
    }
    expect(asked.filter((one) => one === url)).toHaveLength(126);
  });

  test("asks a host that is away for a key that it had once in a pause, and goes on with it", async () => {
    const { keys, clock, asked } = world("one", new Error("down"));
    await keys.fetch({ url });
    clock.now += KEY_CACHE_MS;
    for (let index = 0; index < 100; index += 1) {
      expect(await keys.fetch({ url })).toBe("one");
      expect(await keys.refresh({ url })).toBe(false);
    }
    expect(asked).toHaveLength(2);
  });

  test("drops a key that its host does not have any more", async () => {
    const { keys, clock } = world("one", undefined);
    await keys.fetch({ url });
    clock.now += KEY_CACHE_MS;
    expect([await keys.fetch({ url }), await keys.fetch({ url })]).toEqual([undefined, undefined]);
  });

  test("takes no more memory for twenty thousand made-up addresses than for a hundred", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heldBytes = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const { keys, clock, asked } = world(undefined);
    const before = heldBytes();
    for (let index = 0; index < 20_000; index += 1) {
      clock.now += 10_000;
      await keys.fetch({ url: `https://sns.${index}.amazonaws.com/${"a".repeat(400)}.pem` }, "aws-sns");
      asked.length = 0;
    }
    expect(heldBytes() - before).toBeLessThan(2_000_000);
    // Use the keys once more, or the collector takes them too.
    expect(await keys.fetch({ url })).toBeUndefined();
  });
});

describe("a fetch", () => {
  const answering = (answer: Response | Error) =>
    jest.spyOn(globalThis, "fetch").mockImplementation(async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  afterEach(() => void jest.restoreAllMocks());

  test("gets text over https, follows no redirect and has a limit of time", async () => {
    const call = answering(new Response("the key"));
    expect(await fetchText({ url })).toBe("the key");
    expect(call).toHaveBeenCalledWith(url, {
      redirect: "error",
      signal: expect.any(AbortSignal) as AbortSignal,
    });
    await expect(fetchText({ url: url.replace("https", "http") })).rejects.toThrow("only https");
    expect(call).toHaveBeenCalledTimes(1);
  });

  test("posts JSON where the key is behind an API", async () => {
    const call = answering(new Response("{}"));
    await fetchText({ url, body: '{"a":1}' });
    expect(call.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    });
  });

  test.each([400, 403, 404, 410])("status %i says that there is no such key", async (status) => {
    answering(new Response("no", { status }));
    expect(await fetchText({ url })).toBeUndefined();
  });

  test.each([301, 401, 429, 500, 503])("status %i says nothing about the key", async (status) => {
    answering(new Response("no", { status }));
    await expect(fetchText({ url })).rejects.toThrow(`status ${status}`);
  });

  test.each([
    ["does not exist", "ENOTFOUND"],
    ["is another one", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("a host that %s has no such key", async (_, code) => {
    answering(new TypeError("fetch failed", { cause: Object.assign(new Error("no host"), { code }) }));
    expect(await fetchText({ url })).toBeUndefined();
  });

  test.each(["EAI_AGAIN", "ECONNREFUSED", undefined])("%s says nothing about the key", async (code) => {
    answering(new TypeError("fetch failed", { cause: Object.assign(new Error("network"), { code }) }));
    await expect(fetchText({ url })).rejects.toThrow("fetch failed");
  });

  test("ends at a size that no key has", async () => {
    answering(new Response("x".repeat(MAX_KEY_BYTES + 1)));
    await expect(fetchText({ url })).rejects.toThrow(`more than ${MAX_KEY_BYTES} bytes`);
  });

  test("a call for its effect succeeds with 2xx alone", async () => {
    answering(new Response("ok"));
    await expect(visit(url)).resolves.toBeUndefined();
    for (const answer of [new Response("no", { status: 404 }), new Error("down")]) {
      answering(answer);
      await expect(visit(url)).rejects.toThrow(UnavailableError);
    }
  });
});
