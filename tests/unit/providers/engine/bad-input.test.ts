import { sign, verify, type WebhookRequest } from "../../../../providers";
import {
  typicalSchemes,
  headerOf,
  NOW,
  OTHER_SECRET,
  scheme,
  SECRET,
  signed,
  signedHeaders,
  withHeader,
} from "../../../support/providers/requests";

function rejection(
  of: Parameters<typeof verify>[0],
  incoming: WebhookRequest,
): { reason: string; detail: string } {
  const verdict = verify(of, incoming, [SECRET], NOW);
  return verdict.ok ? { reason: "accepted", detail: "" } : { reason: verdict.reason, detail: verdict.detail };
}

describe.each(typicalSchemes)("%s", (_id, of) => {
  const good = signed(of);

  it("accepts the request that the cases below are made of", () => {
    expect(verify(of, good, [SECRET], NOW)).toMatchObject({ ok: true, secretIndex: 0 });
  });

  describe.each(signedHeaders(of))("header %s", (name) => {
    const value = headerOf(good, name);

    it("missing", () => {
      expect(rejection(of, withHeader(good, name))).toEqual({
        reason: "header_missing",
        detail: expect.stringContaining(`no header ${name}`) as string,
      });
    });

    it("known but undefined", () => {
      const incoming = { ...good, headers: { ...good.headers, [name.toLowerCase()]: undefined } };
      expect(rejection(of, incoming).reason).toBe("header_missing");
    });

    it.each(["", " ", "\t"])("empty: %j", (empty) => {
      expect(rejection(of, withHeader(good, name, empty))).toEqual({
        reason: "header_malformed",
        detail: expect.stringMatching(/^header .* is empty$/) as string,
      });
    });

    it("sent twice, equal or not, even where one of the two is right", () => {
      for (const values of [
        [value, value],
        [value, "x"],
        ["x", value],
      ]) {
        expect(rejection(of, withHeader(good, name, ...values))).toEqual({
          reason: "header_malformed",
          detail: expect.stringMatching(/ was sent 2 times$/) as string,
        });
      }
    });

    it("oversized", () => {
      const rejected = rejection(of, withHeader(good, name, value + "a".repeat(100_000)));
      expect(rejected.reason).toBe("header_malformed");
      expect(rejected.detail).toMatch(/ characters, more than 4096$/);
    });

    it.each(["\u0000", "\r\n", "é", "\u{1f600}", "\ud800"])("with the character %j in it", (character) => {
      const rejected = rejection(of, withHeader(good, name, character + value));
      expect(rejected.reason).toBe("header_malformed");
    });
  });

  describe("the signature's value", () => {
    const [name = ""] = of.verify.signature.headers;
    const value = headerOf(good, name);
    const digest = /[A-Za-z0-9+/]+=*$/.exec(value)?.[0] ?? "";
    const withDigest = (text: string): WebhookRequest =>
      withHeader(good, name, value.slice(0, -digest.length) + text);

    it.each([
      ["none", ""],
      ["one character less", digest.slice(0, -1)],
      ["one character more", `${digest}0`],
      ["twice in a row", digest + digest],
      ["half", digest.slice(0, digest.length / 2)],
      ["a character of no alphabet", `${digest.slice(0, 10)}!${digest.slice(11)}`],
      ["white space inside", `${digest.slice(0, 10)} ${digest.slice(11)}`],
      ["a line end inside", `${digest.slice(0, 10)}\n${digest.slice(11)}`],
      ["of another hash", "0".repeat(40)],
      ["only padding", "=".repeat(digest.length)],
      ["padding more", `${digest}=`],
    ])("%s", (_case, text) => {
      expect(rejection(of, withDigest(text)).reason).toBe("header_malformed");
    });

    it("of the right form but wrong", () => {
      const zeros = digest.endsWith("=") ? `${"A".repeat(digest.length - 1)}=` : "0".repeat(digest.length);
      expect(rejection(of, withDigest(zeros)).reason).toBe("signature_mismatch");
    });

    it("with another prefix or label", () => {
      const incoming = withHeader(good, name, `sha1=${digest}`);
      expect(rejection(of, incoming).reason).toBe("header_malformed");
    });

    if (value !== digest && of.id !== "hmac-sha256") {
      it("without its prefix or label", () => {
        expect(rejection(of, withHeader(good, name, digest)).reason).toBe("header_malformed");
      });
    }

    if (of.verify.signature.encoding === "base64") {
      it.each([
        ["without its padding", (text: string) => text.replace(/=+$/, "")],
        ["in the alphabet for URLs", (text: string) => `-_${text.slice(2)}`],
        ["with bits beyond the last byte", (text: string) => text.replace(/.=$/, "B=")],
      ])("base64 %s", (_case, edit) => {
        expect(rejection(of, withDigest(edit(digest))).reason).toBe("header_malformed");
      });
    }
    if (of.verify.signature.encoding === "hex") {
      it("hexadecimal with 0x in front", () => {
        expect(rejection(of, withDigest(`0x${digest.slice(2)}`)).reason).toBe("header_malformed");
      });
      it("hexadecimal in upper case: the official libraries reject it too", () => {
        expect(rejection(of, withDigest(digest.toUpperCase())).reason).toBe("header_malformed");
      });
    }
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["of NUL bytes", Buffer.alloc(1000)],
    ["that is no UTF-8", Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80])],
    ["with a byte order mark", Buffer.from("\ufeff{}")],
    ["nested 10,000 levels deep", Buffer.from("[".repeat(10_000))],
    ["of 4 MB", Buffer.alloc(4_000_000, 0x61)],
  ])("signs and verifies a body %s byte for byte", (_case, body) => {
    const incoming = signed(of, {}, body);
    expect(verify(of, incoming, [SECRET], NOW).ok).toBe(true);
    const changed = Buffer.concat([body, Buffer.from([0])]);
    expect(rejection(of, { ...incoming, body: changed }).reason).toBe("signature_mismatch");
  });

  it("shows the operator neither secrets nor signatures nor anything of the body", () => {
    const incoming = signed(of, { secret: OTHER_SECRET });
    const [name = ""] = of.verify.signature.headers;
    const right = headerOf(signed(of), name).slice(-20);
    for (const bad of [
      incoming,
      withHeader(incoming, name, "x"),
      withHeader(incoming, name, "a", "b"),
      signed(of, { now: NOW - 1_000_000, secret: OTHER_SECRET }),
    ]) {
      const { detail } = rejection(of, bad);
      for (const hidden of [
        SECRET,
        SECRET.slice(6, 20),
        OTHER_SECRET,
        right,
        "evt_1",
        headerOf(incoming, name),
      ]) {
        expect(detail).not.toContain(hidden);
      }
    }
  });
});

describe("a list of signatures", () => {
  const stripe = scheme("stripe");
  const good = headerOf(signed(stripe), "Stripe-Signature");
  const stripeWith = (value: string): string =>
    rejection(stripe, withHeader(signed(stripe), "Stripe-Signature", value)).reason;

  it("leaves items of other versions aside, whatever they hold", () => {
    expect(stripeWith(`${good},v0=,v2=zz,novalue,=,==,`)).toBe("accepted");
    const standard = scheme("standard-webhooks");
    const incoming = signed(standard);
    const value = headerOf(incoming, "webhook-signature");
    expect(
      rejection(standard, withHeader(incoming, "webhook-signature", `v1a,AA== junk ${value} v2,x`)).reason,
    ).toBe("accepted");
  });

  it("leaves malformed signatures beside a right one aside", () => {
    expect(stripeWith(good.replace("v1=", "v1=zz,v1="))).toBe("accepted");
    expect(stripeWith(`${good},v1=`)).toBe("accepted");
  });

  it("is malformed where its time is missing, empty or there twice", () => {
    expect(stripeWith(good.replace(/t=\d+,/, ""))).toBe("header_malformed");
    expect(stripeWith(good.replace(/t=\d+/, "t="))).toBe("header_malformed");
    expect(stripeWith(good.replace(/(t=\d+)/, "$1,$1"))).toBe("header_malformed");
  });

  it("takes time in proportion to its length, without a separator or with nothing else", () => {
    const started = process.hrtime.bigint();
    for (const text of [",".repeat(4096), "=".repeat(4096), "v1=,".repeat(1024), "t".repeat(4096)]) {
      for (let round = 0; round < 20; round++) expect(stripeWith(text)).toBe("header_malformed");
    }
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2000);
  });
});

describe("the generic scheme", () => {
  const generic = scheme("hmac-sha256");
  const good = signed(generic);
  const digest = headerOf(good, "X-Signature-256").replace("sha256=", "");

  it.each([digest, digest.toUpperCase(), `sha256=${digest.toUpperCase()}`])("accepts %s", (value) => {
    expect(rejection(generic, withHeader(good, "X-Signature-256", value)).reason).toBe("accepted");
  });
});

it("a header that only describes the event may not come twice either: the next reader could take the other one", () => {
  const github = scheme("github");
  const incoming = withHeader(signed(github), "X-GitHub-Event", "push", "ping");
  expect(rejection(github, incoming)).toEqual({
    reason: "header_malformed",
    detail: "header X-GitHub-Event was sent 2 times",
  });
});

it("signing leaves the body as it is", () => {
  const body = Buffer.from([0, 255, 10]);
  sign(scheme("stripe"), { body, secret: SECRET, now: NOW });
  expect([...body]).toEqual([0, 255, 10]);
});
