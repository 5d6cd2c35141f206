import {
  coverage,
  entityOf,
  isSigned,
  requiredHeaders,
  schemes,
  verify,
  type Scheme,
  type WebhookRequest,
} from "../../../../providers";
import { keysOf, sent } from "../../../support/providers/keys";
import { NOW, eventIn, headerOf, withHeader } from "../../../support/providers/requests";
import type { Sample } from "../../../../providers/engine/sender";
import { senderOf } from "../../../support/providers/senders";

/* What holds for each scheme of the registry that is data. */

const declarative = Object.entries(schemes).filter(([, of]) => (of.verify.kind as string) !== "custom");

/** The sample as it arrives: signed, with its own descriptive headers. */
function arriving(of: Scheme, sample: Sample, message: Parameters<typeof sent>[2] = {}): WebhookRequest {
  const body = Buffer.from(JSON.stringify(sample.body));
  const headers = Object.entries(sample.headers ?? {});
  const id = headers.find(([name]) =>
    of.event.id.some((ref) => ref.from === "header" && ref.names.includes(name)),
  );
  const incoming = sent(of, body, { id: id?.[1] ?? "delivery-1", ...message });
  return headers.reduce((made, [name, value]) => withHeader(made, name, value), incoming);
}

function verdictOf(of: Scheme, incoming: WebhookRequest, now = NOW): string {
  const verdict = verify(of, incoming, [keysOf(of).configured], now);
  return verdict.ok ? "accepted" : verdict.reason;
}

describe.each(declarative)("%s", (id, of) => {
  const { sample } = senderOf(id);
  const good = arriving(of, sample);
  const payload: unknown = JSON.parse(good.body.toString());
  const provesSomething = coverage(of) !== "unsigned";
  const signature = isSigned(of.verify) ? of.verify.signature : undefined;

  it("accepts what is signed as its provider signs", () => {
    expect(verify(of, good, [keysOf(of).configured], NOW)).toMatchObject({
      ok: true,
      secretIndex: provesSomething ? 0 : -1,
    });
  });

  it("reads the event out of a sample", () => {
    const facts = eventIn(of, good, payload);
    expect({ type: facts.type, time: facts.time }).toEqual({
      type: sample.event.type,
      time: sample.event.time,
    });
    if (sample.event.id !== undefined) expect(facts.id).toBe(sample.event.id);
    expect(entityOf(of, good, payload)).toBe(sample.event.entity);
  });

  it("gives the event the same id at the next attempt", () => {
    const again = arriving(of, sample, { now: NOW + 120_000 });
    expect(eventIn(of, again, JSON.parse(again.body.toString())).id).toBe(eventIn(of, good, payload).id);
  });

  it("needs its headers", () => {
    for (const name of requiredHeaders(of)) {
      expect({ name, verdict: verdictOf(of, withHeader(good, name)) }).toEqual({
        name,
        verdict: "header_missing",
      });
    }
  });

  if (provesSomething) {
    it("rejects another secret, and names the one that matched", () => {
      const [first, second, third] = [keysOf(of, 0), keysOf(of, 1), keysOf(of, 2)];
      expect(verify(of, good, [second.configured, third.configured], NOW)).toMatchObject({
        ok: false,
        reason: "signature_mismatch",
      });
      expect(verify(of, good, [second.configured, first.configured], NOW)).toMatchObject({ secretIndex: 1 });
    });

    it.each(["", " ", "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==", "no-secret-provided"])(
      "takes %j for no secret",
      (secret) => {
        expect(() => verify(of, good, [secret], NOW)).toThrow(/is empty|is publicly known/);
      },
    );
  }

  it(coverage(of) === "body" ? "covers the body" : "does not cover the body, and says so", () => {
    const other = {
      ...sample,
      body: JSON.parse(JSON.stringify(sample.body).replace(/[a-z0-9]{2}(?=")/, "zz")) as unknown,
    };
    const body = Buffer.from(
      JSON.stringify({
        ...(payload as object),
        ...("signature" in Object(payload) ? {} : (other.body as object)),
        extra: 1,
      }),
    );
    expect(verdictOf(of, { ...good, body })).toBe(
      coverage(of) === "body" ? "signature_mismatch" : "accepted",
    );
  });

  const proofHeaders = [
    ...(signature?.headers.map((name) => (signature.read === "numbered" ? `${name}-1` : name)).slice(0, 1) ??
      []),
    ...(isSigned(of.verify)
      ? of.verify.content.flatMap((part) =>
          typeof part !== "string" && part.from === "header" ? part.names.slice(0, 1) : [],
        )
      : requiredHeaders(of)),
  ];

  for (const name of proofHeaders) {
    describe(`header ${name}`, () => checkHeader(name));
  }

  function checkHeader(name: string): void {
    const value = headerOf(good, name);
    const repeatable =
      signature?.read !== undefined && signature.headers.some((known) => name.startsWith(known));

    it("is rejected where it is missing, empty, too long or holds what is not plain", () => {
      expect(verdictOf(of, withHeader(good, name))).toBe("header_missing");
      for (const bad of ["", " ", "a".repeat(5000), `\u0000${value}`, `é${value}`, `${value}\n`]) {
        expect({ bad: bad.slice(0, 9), verdict: verdictOf(of, withHeader(good, name, bad)) }).toEqual({
          bad: bad.slice(0, 9),
          verdict: "header_malformed",
        });
      }
    });

    it(repeatable ? "may come several times" : "is rejected where it came twice", () => {
      const expected = repeatable ? "accepted" : "header_malformed";
      expect(verdictOf(of, withHeader(good, name, value, value))).toBe(expected);
      expect(verdictOf(of, withHeader(good, name, "x", value))).toBe(expected);
    });
  }

  if (signature && signature.at === undefined) {
    const [first = ""] = signature.headers;
    const name = signature.read === "numbered" ? `${first}-1` : first;
    const value = headerOf(good, name);
    const { value: format } = signature;
    const end = format.form === "list" && format.fields ? value.lastIndexOf(format.separator) : value.length;
    const digest = /[A-Za-z0-9+/_-]+=*$/.exec(value.slice(0, end))?.[0] ?? "";
    const front = value.slice(0, end - digest.length);
    const withDigest = (text: string): string =>
      verdictOf(of, withHeader(good, name, front + text + value.slice(end)));

    it("rejects a digest of another length, alphabet or spelling", () => {
      const hex = /^[0-9a-f]+$/.test(digest) && digest.length >= 40;
      const changed = [
        digest.slice(0, -1),
        digest.slice(0, -4),
        `${digest}${digest}`,
        `!${digest.slice(1)}`,
        ` ${digest.slice(1)}`,
      ];
      if (digest.endsWith("=")) changed.push(digest.replace(/=+$/, ""), `${digest}=`);
      if (signature.encoding === "base64url") changed.push(`${digest}=`);
      if (hex && signature.encoding === "hex") changed.push(digest.toUpperCase(), `0x${digest.slice(2)}`);
      for (const text of changed) {
        expect({ text, verdict: withDigest(text) }).toEqual({
          text,
          verdict: expect.stringMatching(/^(header_malformed|signature_mismatch)$/) as string,
        });
      }
      if (hex && signature.encoding === "hex-any-case")
        expect(withDigest(digest.toUpperCase())).toBe("accepted");
    });

    const prefixOptional = signature.value.form === "whole" && signature.value.prefixOptional === true;
    if (front !== "" && !prefixOptional && signature.value.form !== "positions") {
      it("rejects another prefix or label, and none", () => {
        expect(verdictOf(of, withHeader(good, name, digest))).toBe("header_malformed");
        expect(verdictOf(of, withHeader(good, name, `x${value}`))).not.toBe("accepted");
      });
    }
  }

  const timestamp = isSigned(of.verify) ? of.verify.timestamp : undefined;
  if (timestamp) {
    it("takes times within its window and no others", () => {
      const { window } = timestamp;
      for (const [seconds, expected] of [
        [0, "accepted"],
        [-window, "accepted"],
        [window, "accepted"],
        [-window - 1, "timestamp_outside_window"],
        [window + 1, "timestamp_outside_window"],
      ] as const) {
        const at = Math.floor(NOW / 1000) * 1000;
        const incoming = arriving(of, sample, { now: at + seconds * 1000 });
        expect({ seconds, verdict: verdictOf(of, incoming, at) }).toEqual({ seconds, verdict: expected });
      }
    });

    it.each(["1.5", "-1", "+1", "1e9", "0x10", "NaN", "Infinity", "9".repeat(400), "null", "", "１７７２"])(
      "a time of %j is malformed, also where it is signed",
      (text) => {
        const { at } = timestamp;
        const signatureName = signature?.headers[0] ?? "";
        const value = signature?.at ? "" : headerOf(good, signatureName);
        const [written = ""] = /\d{10,13}/.exec(value) ?? [];
        const bad =
          at.from === "header"
            ? withHeader(good, at.names[0] ?? "", text)
            : at.from === "field"
              ? withHeader(good, signatureName, value.replace(written, text))
              : { ...good, body: Buffer.from(good.body.toString().replace(/\b1772366400(250)?\b/, text)) };
        expect(verdictOf(of, bad)).toMatch(/^(header|body)_malformed|signature_mismatch$/);
      },
    );
  }

  it.each([
    ["empty", Buffer.alloc(0)],
    ["of NUL bytes", Buffer.alloc(1000)],
    ["that is no UTF-8", Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80])],
    ["with a byte order mark", Buffer.from("\ufeff{}")],
    ["with a key twice", Buffer.from('{"id":1,"id":2,"signature":{"token":"a","token":"b"}}')],
    ["with __proto__", Buffer.from('{"__proto__":{"id":"x","type":"x"},"constructor":{"id":1}}')],
    ["nested 10,000 levels deep", Buffer.from(`${"[".repeat(10_000)}${"]".repeat(10_000)}`)],
    ["nested 10,000 objects deep", Buffer.from(`${'{"data":'.repeat(10_000)}1${"}".repeat(10_000)}`)],
    ["cut off", Buffer.from('{"id":"evt_1","type":')],
    [
      "with a number beyond all",
      Buffer.from('{"id":1e400,"webhookTimestamp":1e400,"signature":{"timestamp":1e400}}'),
    ],
  ])("gives a verdict on a body %s, and reads an event out of it", (_case, body) => {
    const incoming = { ...good, body };
    expect(verdictOf(of, incoming)).toMatch(/^(accepted|body_malformed|signature_mismatch)$/);
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString());
    } catch {
      parsed = undefined;
    }
    const facts = eventIn(of, incoming, parsed);
    expect(facts.id.length).toBeGreaterThan(0);
    expect(facts.type.length).toBeGreaterThan(0);
    expect(facts.type).not.toBe("x");
  });
});
