import crypto from "node:crypto";
import zlib from "node:zlib";
import { keyRequest, schemes, signMessage, verify, type WebhookRequest } from "../../../../providers";
import { signedAddresses } from "../../../../providers/engine/address";
import { diagnose, DIAGNOSIS_BUDGET_MS } from "../../../../providers/diagnosis/diagnose";
import { asSent } from "../../../../providers/diagnosis/alterations";
import { parseForm, unprovedForm } from "../../../../providers/engine/form";
import { FORGED_NOW, shapes, targets, type Target } from "../../../support/forged";
import { forRandomCases } from "../../../support/providers/random";
import { keysOf, sent } from "../../../support/providers/keys";

/*
 * What a stranger can cost. Work is counted and not timed, so that a busy machine changes nothing: `npm run bench --
 * --only forged` measures it in time and memory, for every scheme.
 */

const SIZE = 100_000;

interface Work {
  /** Bytes that were hashed. */
  hashed: number;
  /** Signatures that were verified by a public key. */
  verified: number;
  /** Characters that were parsed as JSON. */
  parsed: number;
  /** Calls of a decoder that throws for what it cannot decode. */
  decoded: number;
}

/** Counts what is done meanwhile. @param work gets the count so far */
function counting<T>(work: (count: Readonly<Work>) => T): { result: T } & Work {
  const count: Work = { hashed: 0, verified: 0, parsed: 0, decoded: 0 };
  const length = (data: unknown) => (data as { length: number }).length;
  const real = { verify: crypto.verify, parse: JSON.parse, decode: decodeURIComponent };
  const spies = [
    ...[
      crypto.Hash.prototype,
      crypto.Hmac.prototype,
      (crypto as unknown as { Verify: typeof crypto.Hash }).Verify.prototype,
    ].map((prototype) => {
      const { update } = prototype;
      return jest.spyOn(prototype, "update").mockImplementation(function (
        this: crypto.Hash,
        ...args: unknown[]
      ) {
        count.hashed += length(args[0]);
        return (update as (...args: unknown[]) => crypto.Hash).apply(this, args);
      } as never);
    }),
    jest.spyOn(crypto, "verify").mockImplementation(((...args: Parameters<typeof crypto.verify>) => {
      count.hashed += length(args[1]);
      count.verified += 1;
      return real.verify(...args);
    }) as never),
    jest.spyOn(JSON, "parse").mockImplementation((text, reviver) => {
      count.parsed += text.length;
      return real.parse(text, reviver) as unknown;
    }),
    jest.spyOn(globalThis, "decodeURIComponent").mockImplementation((text) => {
      count.decoded += 1;
      return real.decode(text);
    }),
  ];
  try {
    return { result: work(count), ...count };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const rejection = ({ scheme, secrets, fetched }: Target, request: WebhookRequest) => {
  keyRequest(scheme, request, secrets);
  return verify(scheme, request, secrets, FORGED_NOW, fetched);
};

/** Schemes that read a body before it is proved, and one that does not; the bench takes all. */
const ATTACKED = ["twilio", "mandrill", "adyen", "aws-sns", "github"];
const attacked = targets().filter(({ scheme: { id } }) => ATTACKED.includes(id));

describe.each(attacked.map((target) => [target.scheme.id, target] as const))("%s", (_, target) => {
  test("rejects every forged shape for little more than hashing its body for each secret", () => {
    for (const { name, forge } of shapes) {
      const request = forge(target, SIZE);
      const { result, hashed, verified, parsed, decoded } = counting(() => rejection(target, request));
      const most = 3 * target.secrets.length * (request.body.length + 20_000);
      const tooMuch = {
        ...(hashed > most && { hashed }),
        ...(verified > 16 && { verified }),
        ...(parsed > 2 * request.body.length + 20_000 && { parsed }),
        ...(decoded > 100 && { decoded }),
      };
      expect({ name, tooMuch }).toEqual({ name, tooMuch: {} });
      // A scheme that signs a part of the body accepts its own body with anything beside that part.
      if (!name.startsWith("own body")) expect({ name, ok: result.ok }).toEqual({ name, ok: false });
    }
  });

  test("is diagnosed within the budget, whatever came", () => {
    // A clock that work drives: a millisecond for 20 KB.
    const most = DIAGNOSIS_BUDGET_MS * 20_000;
    // What is under way when the budget ends: the body for each secret, which escapes can make three times as long.
    const oneMore = 3 * target.secrets.length * SIZE;
    for (const { name, forge } of shapes.filter(({ name }) => /^(form|JSON|base64|white|own)/.test(name))) {
      const request = forge(target, SIZE);
      const rejected = rejection(target, request);
      if (rejected.ok) continue;
      const { secrets, fetched } = target;
      const { hashed } = counting((work) =>
        diagnose(target.scheme, {
          request,
          rejection: rejected,
          secrets,
          now: FORGED_NOW,
          fetched,
          clock: () => work.hashed / 20_000,
        }),
      );
      expect({ name, hashed, isFew: hashed <= most + oneMore }).toEqual({ name, hashed, isFew: true });
    }
  });
});

test("an address is not put together again from thousands of parameters", () => {
  const parameters = Array.from({ length: 5_000 }, (_, index) => [`p${index}`, ""] as const);
  const request = { method: "POST", headers: {}, parameters, body: Buffer.alloc(0) };
  expect(signedAddresses("https://a.example/b", request)).toEqual(["https://a.example/b"]);
  const few = { ...request, parameters: parameters.slice(0, 2) };
  expect(signedAddresses("https://a.example/b", few)).toContain("https://a.example/b?p0=&p1=");
});

test("an inbound message with attachments, larger than any bound of ours, is taken from Mandrill", () => {
  const { scheme } = attacked.find((one) => one.scheme.id === "mandrill") ?? {};
  if (!scheme) throw new Error("there is no such scheme");
  const url = "https://hooks.example.com/webhook";
  const message = [
    { event: "inbound", msg: { attachments: { a: { content: "A+/8".repeat(600_000), base64: true } } } },
  ];
  const body = Buffer.from(new URLSearchParams({ mandrill_events: JSON.stringify(message) }).toString());
  const signed = signMessage(scheme, { body, secret: keysOf(scheme).signing, now: FORGED_NOW, url });
  const headers = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), [value]]),
  );
  expect(body.length).toBeGreaterThan(4_000_000);
  const request = { method: "POST", url, headers, body };
  expect(verify(scheme, request, [keysOf(scheme).configured], FORGED_NOW).ok).toBe(true);
});

test("nothing is inflated before it is proved", () => {
  const inflating = (["gunzipSync", "inflateSync", "brotliDecompressSync", "unzipSync"] as const).map(
    (name) => jest.spyOn(zlib, name),
  );
  const bomb = shapes.find(({ name }) => name === "gzip bomb");
  for (const target of attacked) rejection(target, bomb?.forge(target, SIZE) ?? target.template);
  for (const spy of inflating) expect(spy).not.toHaveBeenCalled();
  jest.restoreAllMocks();
});

describe("signatures", () => {
  const of = schemes["standard-webhooks-v1a"];
  if (!of) throw new Error("there is no such scheme");
  const wrong = Buffer.alloc(64, 1).toString("base64");
  const withSignatures = (bytes: number, before: number, after = 0) => {
    const good = sent(of, Buffer.alloc(bytes, "a"));
    const own = good.headers["webhook-signature"]?.[0] ?? "";
    const all = [
      ...Array<string>(before).fill(`v1a,${wrong}`),
      own,
      ...Array<string>(after).fill(`v1a,${wrong}`),
    ];
    return { ...good, headers: { ...good.headers, "webhook-signature": [all.join(" ")] } };
  };
  const check = (request: WebhookRequest) =>
    counting(() => verify(of, request, [keysOf(of, 1).configured, keysOf(of).configured], FORGED_NOW));

  test("of a key are tried up to eight in number, and the last of them may be the right one", () => {
    expect(check(withSignatures(1_000, 7)).result.ok).toBe(true);
    expect(check(withSignatures(1_000, 7, 30)).result.ok).toBe(true);
    const many = check(withSignatures(1_000, 40));
    expect([many.result.ok, many.verified]).toEqual([false, 16]);
  });

  test("over a large body are tried twice: that is a key which is being replaced", () => {
    const large = check(withSignatures(4_000_000, 0, 1));
    expect(large.verified).toBeLessThanOrEqual(2);
    expect(check(withSignatures(4_000_000, 40)).verified).toBe(2);
    expect(check(withSignatures(4_000_000, 0)).result.ok).toBe(true);
  });

  test("with times of their own are read in two groups", () => {
    const persona = schemes["persona"];
    if (!persona) throw new Error("there is no such scheme");
    const good = sent(persona, Buffer.alloc(100_000, "a"));
    const own = good.headers["persona-signature"]?.[0] ?? "";
    const forged = own.replace(/v1=[0-9a-f]{8}/, "v1=00000000");
    const check = (...groups: string[]) => {
      const request = { ...good, headers: { ...good.headers, "persona-signature": [groups.join(" ")] } };
      return counting(() => verify(persona, request, [keysOf(persona).configured], FORGED_NOW));
    };
    expect(check(forged, own).result.ok).toBe(true);
    expect(check(...Array<string>(40).fill(forged)).hashed).toBeLessThan(2 * 100_100);
  });
});

describe("a form", () => {
  test("is read as URLSearchParams reads it, whatever its escapes are", () => {
    const pieces =
      "% %4 %41 %zz %c3%a9 %c3 %a9 %ff %ed%a0%80 %f0%9f%98%80 %ef%bb%bf %00 + = & a %2b %26 %3D %%41".split(
        " ",
      );
    forRandomCases(1_000, (random) => {
      const text = `a=${Array.from({ length: random.below(30) }, () => random.pick(pieces)).join("")}`;
      const params = new URLSearchParams(text);
      const read = [...(parseForm(Buffer.from(text)) ?? [])];
      expect({ text, read }).toEqual({
        text,
        read: [...new Set(params.keys())].map((name) => [name, params.getAll(name)]),
      });
    });
  });

  test("has a thousand fields at most before it is proved, and ten thousand afterwards", () => {
    const fields = (count: number) =>
      Buffer.from(Array.from({ length: count }, (_, n) => `k${n}=v`).join("&"));
    const limits = unprovedForm(1_000_000);
    expect([parseForm(fields(1_000), limits)?.size, parseForm(fields(1_001), limits)]).toEqual([
      1_000,
      undefined,
    ]);
    expect([parseForm(fields(10_000))?.size, parseForm(fields(10_001))]).toEqual([10_000, undefined]);
    expect(parseForm(fields(10), unprovedForm(10))).toBeUndefined();
    const wrong = (count: number) => Buffer.from(`a=${"%".repeat(count)}`);
    expect(parseForm(wrong(1_000), limits)?.get("a")).toEqual(["%".repeat(1_000)]);
    expect(parseForm(wrong(1_001), limits)).toBeUndefined();
    // A text in another encoding than UTF-8, which is read once it is proved.
    const latin1 = Buffer.from("a=%e9");
    expect([parseForm(latin1)?.get("a"), parseForm(latin1, limits)]).toEqual([["\ufffd"], undefined]);
    expect(parseForm(wrong(1_001))?.size).toBe(1);
  });
});

describe("a diagnosis", () => {
  const github = targets().find(({ scheme }) => scheme.id === "github");
  if (!github) throw new Error("there is no such scheme");
  const { scheme, secrets, template: request } = github;
  const rejected = verify(scheme, request, secrets, FORGED_NOW);
  const told = (tick: number) => {
    if (rejected.ok) throw new Error("it was accepted");
    let time = 0;
    let asked = 0;
    const clock = () => ((asked += 1), (time += tick));
    return { ...diagnose(scheme, { request, rejection: rejected, secrets, now: FORGED_NOW, clock }), asked };
  };

  test("ends when its time is over, and says so", () => {
    expect(told(0).detail).not.toContain("no time");
    const slow = told(7);
    expect(slow).toMatchObject({
      cause: "no_secret_matched",
      detail: expect.stringContaining("no time") as string,
    });
    expect(slow.asked).toBeLessThan(8);
  });

  test("writes nothing before it is requested", () => {
    const body = Buffer.from(`{"é":"${"x".repeat(10_000)}"}`);
    const { verified, hashed } = counting(() => asSent(scheme, { ...request, body }).next());
    expect([verified, hashed]).toEqual([0, 0]);
  });
});
