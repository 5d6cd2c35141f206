import {
  keyRequest,
  ConfigurationError,
  requiredHeaders,
  signMessage,
  verify,
  type WebhookRequest,
} from "../../../../providers";
import { readPayload } from "../../../../functions/domain/payload";
import { forRandomCases, type Random } from "../../../support/providers/random";
import { NOW, eventIn, request, withHeader } from "../../../support/providers/requests";
import { ADDRESS, bodyOf, everyCustom, sender, senderOf } from "../../../support/providers/senders";

const MINUTE = 60_000;

describe.each(everyCustom.map((of) => [of.id, of] as const))("%s", (id, of) => {
  const own = sender(id);
  const other = sender(id);
  const verdictOn = (incoming: WebhookRequest, now = NOW, published = own.published) =>
    verify(of, incoming, [own.secret], now, published);

  it("accepts what its provider sends, and names the event", () => {
    const incoming = own.send();
    expect(verdictOn(incoming)).toMatchObject({ ok: true, secretIndex: 0 });
    const payload = readPayload(of, incoming);
    expect(eventIn(of, incoming, payload.value).id).not.toBe("");
  });

  it("reads the event out of its sample", () => {
    const { sample } = senderOf(id);
    const incoming = own.send();
    const payload = readPayload(of, incoming);
    const facts = eventIn(of, incoming, payload.value);
    const type = payload.type ?? facts.type;
    expect({ type, time: facts.time }).toEqual({ type: sample.event.type, time: sample.event.time });
    if (sample.event.id !== undefined) expect(facts.id).toBe(sample.event.id);
  });

  it("is the same event when it is sent again", () => {
    const idOf = (incoming: WebhookRequest) => {
      const payload = readPayload(of, incoming);
      return eventIn(of, incoming, payload.value).id;
    };
    expect(idOf(own.send({ id: "d1" }))).toBe(idOf(own.send({ id: "d1" })));
  });

  it("rejects what another key signed", () => {
    // Two providers with the same configured name, each with keys of its own.
    const forged = own.send({ signWith: other.signWith });
    const secrets = other.secret === own.secret ? [own.secret] : [own.secret, "x".repeat(64)];
    const usable = id === "contentful" || other.secret === own.secret ? secrets : [own.secret];
    expect(verify(of, forged, usable, NOW, own.published)).toMatchObject({
      ok: false,
      reason: "signature_mismatch",
    });
  });

  it("rejects a changed body, unless it says that the body is not covered", () => {
    const incoming = own.send();
    const text = incoming.body.toString("latin1");
    for (const at of [0, Math.floor(text.length / 2), text.length - 1]) {
      const body = Buffer.from(
        text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1),
        "latin1",
      );
      const { ok } = verdictOn({ ...incoming, body });
      if (of.covers === undefined) expect({ at, ok }).toEqual({ at, ok: false });
    }
  });

  it("rejects without a header that it requires, with an empty one, and with two", () => {
    const incoming = own.send();
    for (const name of of.verify.requiredHeaders) {
      const value = incoming.headers[name.toLowerCase()]?.[0] ?? "";
      expect(verdictOn(withHeader(incoming, name))).toMatchObject({ ok: false, reason: "header_missing" });
      for (const values of [[""], [value, value], [`${value}\u0000`], ["x".repeat(5000)]]) {
        expect(verdictOn(withHeader(incoming, name, ...values)).ok).toBe(false);
      }
    }
  });

  it("the endpoint requires no header that its provider does not send", () => {
    const { headers } = own.send();
    for (const name of requiredHeaders(of)) expect(headers[name.toLowerCase()]).toHaveLength(1);
  });

  it("with no secret, or an empty one, nothing is decided: that is the operator's to fix", () => {
    for (const secrets of [[], [""], [" "], [own.secret, ""]]) {
      expect(() => verify(of, own.send(), secrets, NOW, own.published)).toThrow(ConfigurationError);
      if (of.verify.keyRequest) {
        expect(() => keyRequest(of, own.send(), secrets)).toThrow(ConfigurationError);
      }
    }
    for (const secret of ["", []]) {
      expect(() => signMessage(of, { body: bodyOf(id), secret, now: NOW, url: ADDRESS })).toThrow(
        ConfigurationError,
      );
    }
  });

  if (own.published !== undefined) {
    it("rejects where its key is not there, is no key, or is another one", () => {
      for (const found of [
        undefined,
        "",
        "{}",
        "null",
        '{"keys":[]}',
        '{"keys":[{"kid":"test-key"}]}',
        "-----BEGIN CERTIFICATE-----",
        other.published,
      ]) {
        expect(verify(of, own.send(), [own.secret], NOW, found)).toMatchObject({
          ok: false,
          reason: "signature_mismatch",
        });
      }
    });
  }

  it("gives a verdict on whatever comes", () => {
    const good = own.send();
    const pieces = [
      ...Object.values(good.headers).flatMap((values) => values ?? []),
      "",
      "a.b.c",
      "..",
      "{}",
      "t=1,v1=2",
      "\u{1f600}",
      "%00",
      "=".repeat(40),
    ];
    const bodies = [
      good.body,
      bodyOf(id),
      Buffer.alloc(0),
      Buffer.from("null"),
      Buffer.from("[]"),
      Buffer.from('{"value":[null],"event":7,"notificationItems":[null]}'),
      Buffer.from("[".repeat(10_000)),
    ];
    forRandomCases(300, (random: Random) => {
      const names = [...Object.keys(good.headers), "content-type"];
      const headers = Object.fromEntries(
        names.map((name) => [
          name,
          random.below(4) === 0 ? undefined : [random.pick(pieces), ...(random.below(5) === 0 ? ["x"] : [])],
        ]),
      );
      const body = random.below(2) === 0 ? random.pick(bodies) : random.bytes(200);
      const incoming = { ...good, headers, body, query: { bodySHA256: random.pick(pieces) } };
      const fetched = random.pick([own.published, undefined, random.bytes(50).toString()]);
      keyRequest(of, incoming, [own.secret]);
      expect(typeof verify(of, incoming, [own.secret], NOW, fetched).ok).toBe("boolean");
      const payload = readPayload(of, incoming);
      expect(typeof eventIn(of, incoming, payload.value).id).toBe("string");
    });
  });

  it("shows the operator no secret and no signature", () => {
    const verdicts = [
      verdictOn(own.send({ signWith: other.signWith })),
      verdictOn({ ...own.send(), body: Buffer.from("{}") }),
    ];
    for (const verdict of verdicts) {
      const text = JSON.stringify(verdict);
      expect(text).not.toContain(own.signWith);
      for (const values of Object.values(own.send().headers)) {
        const [value = ""] = values ?? [];
        if (value.length > 30) expect(text).not.toContain(value);
      }
    }
  });
});

describe.each([
  ["hubspot-v3", 5 * MINUTE],
  ["contentful", MINUTE / 2],
  ["plaid", 5 * MINUTE],
  ["neon", 5 * MINUTE],
])("%s takes what was signed up to %i ms ago, or ahead", (id, window) => {
  const own = sender(id);
  // Plaid says whole seconds.
  const signedAt = Math.floor(NOW / 1000) * 1000;
  it.each([
    [window, true],
    [-window, true],
    [window + 1, false],
    [-window - 1, false],
  ])("%i ms later: %s", (later, ok) => {
    const incoming = own.send({ now: signedAt });
    expect(verify(own.of, incoming, [own.secret], signedAt + later, own.published)).toMatchObject(
      ok ? { ok, timestamp: signedAt } : { ok, reason: "timestamp_outside_window" },
    );
  });
});

it.each(["wix", "monday", "fusionauth"])(
  "%s: a token that has ended, or has not begun, is rejected",
  (id) => {
    const own = sender(id);
    const incoming = own.send();
    expect(verify(own.of, incoming, [own.secret], NOW + 60 * MINUTE + 61_000).ok).toBe(id === "fusionauth");
  },
);

it("without the endpoint's address, schemes that sign it are the operator's to fix", () => {
  for (const id of ["twilio", "mandrill", "hubspot-v3", "contentful"]) {
    const own = sender(id);
    const { method, headers, body } = own.send();
    const incoming = { method, headers, body };
    expect(() => verify(own.of, incoming, [own.secret], NOW)).toThrow(ConfigurationError);
  }
  expect(request({}).url).toBeUndefined();
});
