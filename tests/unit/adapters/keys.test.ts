import {
  cachedKeys,
  fetchText,
  KEY_CACHE_MS,
  KEY_REFRESH_PAUSE_MS,
  MAX_FETCHES_PER_MINUTE,
  MAX_KEY_BYTES,
  visit,
  type FetchText,
} from "../../../functions/adapters/keys";
import { UnavailableError } from "../../../functions/domain/errors";

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
  const keys = cachedKeys(
    fetchOne,
    () => clock.now,
    (line) => lines.push(line),
  );
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

  test("calls no more often than so many times in a minute, whatever addresses strangers name", async () => {
    const { keys, clock, asked } = world("one");
    for (let index = 0; index < MAX_FETCHES_PER_MINUTE; index += 1)
      await keys.fetch({ url: `${url}?${index}` });
    await expect(keys.fetch({ url: `${url}?x` })).rejects.toThrow("too many fetches in a minute");
    // What is known already still works.
    expect(await keys.fetch({ url: `${url}?0` })).toBe("one");
    expect(asked).toHaveLength(MAX_FETCHES_PER_MINUTE);
    expect(await keys.fetch({ url: "https://other.example.com/jwks.json" })).toBe("one");
    clock.now += 60_000;
    expect(await keys.fetch({ url: `${url}?x` })).toBe("one");
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
