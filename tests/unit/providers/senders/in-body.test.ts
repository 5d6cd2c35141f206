import { createHash, createHmac } from "node:crypto";
import { verify, type WebhookRequest } from "../../../../providers";
import { readPayload } from "../../../../functions/domain/payload";
import { braintreeSignature } from "../../../../providers/senders/braintree";
import { multipartField, parseForm } from "../../../../providers/engine/form";
import { forRandomCases } from "../../../support/providers/random";
import { NOW, eventIn, request, withHeader } from "../../../support/providers/requests";
import { ADDRESS, custom, sender } from "../../../support/providers/senders";

const idOf = (incoming: WebhookRequest, of = custom("twilio")): string => {
  const payload = readPayload(of, incoming);
  return eventIn(of, incoming, payload.value).id;
};

describe("Twilio", () => {
  const { of, secret, send } = sender("twilio");
  const verdict = (incoming: WebhookRequest) => verify(of, incoming, [secret], NOW);
  const signedAs = (url: string, body = Buffer.alloc(0)) =>
    withHeader(
      { ...request({}, body), url: ADDRESS },
      "x-twilio-signature",
      createHmac("sha1", secret).update(url).digest("base64"),
    );

  it.each(["https://hooks.example.com:443/webhook", "https://hooks.example.com/webhook"])(
    "may have signed %s",
    (url) => {
      expect(verdict(signedAs(url)).ok).toBe(true);
    },
  );

  it.each([
    "https://hooks.example.com:444/webhook",
    "https://evil.example/webhook",
    "http://hooks.example.com/webhook",
  ])("may not have signed %s", (url) => {
    expect(verdict(signedAs(url)).ok).toBe(false);
  });

  it("wrote a quote in the query one way and signed it the other", () => {
    const url = "https://hooks.example.com/webhook?name=it's";
    const incoming = { ...signedAs(url.replace("'", "%27")), url };
    expect(verdict(incoming).ok).toBe(true);
    expect(verdict({ ...signedAs(url), url: url.replace("'", "%27") }).ok).toBe(true);
  });

  it("covers a JSON body by its hash in the query", () => {
    const body = Buffer.from('{"property":"value"}');
    const bodySHA256 = createHash("sha256").update(body).digest("hex");
    const incoming = { ...signedAs(`${ADDRESS}?bodySHA256=${bodySHA256}`, body), query: { bodySHA256 } };
    expect(verdict(incoming).ok).toBe(true);
    expect(verdict({ ...incoming, body: Buffer.from("{}") }).ok).toBe(false);
    const { method, headers } = incoming;
    const bare = { method, headers, body, url: ADDRESS };
    expect(verdict(bare).ok).toBe(false);
  });

  it("the order of the fields, their escapes and an unsigned header make no other event of it", () => {
    const first = send();
    const again = { ...first, body: Buffer.from("To=%2b1415&MessageStatus=sent&MessageSid=S%4d1") };
    expect(verdict(again).ok).toBe(true);
    expect(idOf(again)).toBe(idOf(first));
    expect(idOf(withHeader(first, "content-type", "application/json"))).toBe(idOf(first));
  });
});

describe("HubSpot v3", () => {
  const { of, secret, send } = sender("hubspot-v3");

  it("a later attempt at a batch is the same event although its bytes differ", () => {
    const batch = (attemptNumber: number) =>
      send({
        body: Buffer.from(
          JSON.stringify([{ eventId: 1, subscriptionType: "contact.creation", attemptNumber }]),
        ),
      });
    expect(idOf(batch(0), of)).toBe(idOf(batch(1), of));
    expect(idOf(batch(0), of)).not.toBe(idOf(send({ body: Buffer.from('[{"eventId":2}]') }), of));
    expect(verify(of, batch(1), [secret], NOW).ok).toBe(true);
  });

  it("decodes the escapes that its documentation lists, and no others", () => {
    const url = "https://hooks.example.com/a%3Ab%2Fc%20d%2520?e=%40";
    const sent = { ...send(), url };
    const text = `POSThttps://hooks.example.com/a:b/c%20d%2520?e=@${sent.body.toString()}${NOW}`;
    const signature = createHmac("sha256", secret).update(text).digest("base64");
    expect(verify(of, withHeader(sent, "x-hubspot-signature-v3", signature), [secret], NOW).ok).toBe(true);
  });
});

describe("Contentful", () => {
  const { of, secret, send } = sender("contentful");

  it("covers the headers that it lists", () => {
    const good = send({ type: "ContentManagement.Entry.publish" });
    expect(verify(of, good, [secret], NOW).ok).toBe(true);
    expect(eventIn(of, good, {}).type).toBe("ContentManagement.Entry.publish");
    expect(
      verify(of, withHeader(good, "x-contentful-topic", "ContentManagement.Entry.delete"), [secret], NOW).ok,
    ).toBe(false);
    expect(
      verify(of, withHeader(good, "x-contentful-signed-headers", "x-contentful-topic"), [secret], NOW),
    ).toMatchObject({ reason: "header_malformed" });
  });

  it("has secrets of 64 characters", () => {
    expect(() => verify(of, send(), ["too-short"], NOW)).toThrow(/does not have 64 characters/);
  });
});

describe("Adyen", () => {
  const { of, secret, send } = sender("adyen");
  const item = (over: object = {}) => ({
    NotificationRequestItem: {
      pspReference: "p1",
      eventCode: "CAPTURE",
      success: "true",
      amount: { value: 1, currency: "EUR" },
      ...over,
    },
  });
  const batch = (...notificationItems: unknown[]) =>
    send({ body: Buffer.from(JSON.stringify({ live: "false", notificationItems })) });

  it("every item of a batch must be signed", () => {
    const good = batch(item(), item({ pspReference: "p2" }));
    expect(verify(of, good, [secret], NOW).ok).toBe(true);
    const forged = good.body.toString().replace('"p2"', '"p3"');
    expect(verify(of, { ...good, body: Buffer.from(forged) }, [secret], NOW)).toMatchObject({
      reason: "signature_mismatch",
    });
    const unsigned = JSON.stringify({
      notificationItems: [
        ...(JSON.parse(good.body.toString()) as { notificationItems: unknown[] }).notificationItems,
        item(),
      ],
    });
    expect(verify(of, { ...good, body: Buffer.from(unsigned) }, [secret], NOW)).toMatchObject({
      reason: "body_malformed",
    });
  });

  it("a copy that is changed where nothing is signed is the same event", () => {
    const good = batch(item({ reason: "a" }));
    const changed = { ...good, body: Buffer.from(good.body.toString().replace('"a"', '"b"')) };
    expect(verify(of, changed, [secret], NOW).ok).toBe(true);
    expect(idOf(changed, of)).toBe(idOf(good, of));
  });

  it("has keys in hexadecimal", () => {
    expect(() => verify(of, batch(item()), ["not hex"], NOW)).toThrow(/is not hexadecimal/);
  });
});

describe("Braintree", () => {
  const { of, secret, send } = sender("braintree");

  it("an answered challenge does not pass for a notification, although both are base64 under one key", () => {
    const challenge = "20f9f8ed05f77439fe955c977e4c8a53";
    const form = new URLSearchParams({
      bt_signature: braintreeSignature(secret, challenge),
      bt_payload: challenge,
    });
    expect(verify(of, request({}, Buffer.from(form.toString())), [secret], NOW).ok).toBe(false);
  });

  it("takes the pair of its own public key out of several, and the payload with a line end or without", () => {
    const payload = Buffer.from("<a/>").toString("base64");
    for (const text of [payload, `${payload}\n`]) {
      const form = new URLSearchParams({
        bt_signature: `other|${"0".repeat(40)}&${braintreeSignature(secret, text)}`,
        bt_payload: payload,
      });
      expect(verify(of, request({}, Buffer.from(form.toString())), [secret], NOW).ok).toBe(true);
    }
  });

  it("the notification is XML in the event, with its kind as the type", () => {
    const payload = readPayload(of, send());
    expect(payload).toMatchObject({
      contentType: "application/xml",
      type: "subscription_canceled",
    });
  });

  it("has both keys in its secret", () => {
    expect(() => verify(of, send(), ["private-only"], NOW)).toThrow(/is not <public key>:<private key>/);
  });
});

it("Microsoft Graph: every notification must carry the client state", () => {
  const { of, secret, send } = sender("microsoft-graph");
  const mixed = { value: [{ clientState: secret }, { clientState: "a-guess" }] };
  expect(verify(of, send(), [secret], NOW).ok).toBe(true);
  expect(verify(of, request({}, Buffer.from(JSON.stringify(mixed))), [secret], NOW).ok).toBe(false);
  expect(verify(of, request({}, Buffer.from('{"value":[]}')), [secret], NOW)).toMatchObject({
    reason: "body_malformed",
  });
});

it("Dropbox Sign: two events of one type in one second are two", () => {
  const { of, send } = sender("dropbox-sign");
  const event = (n: number) => send({ body: Buffer.from(JSON.stringify({ event: { event_type: "a" }, n })) });
  expect(idOf(event(1), of)).not.toBe(idOf(event(2), of));
});

it("Wix: the event is what the token wraps", () => {
  const { of, send } = sender("wix");
  const payload = readPayload(
    of,
    send({ body: Buffer.from('{"eventType":"OrderCreated","instanceId":"i"}') }),
  );
  expect(payload.data).toEqual({ text: '{"eventType":"OrderCreated","instanceId":"i"}' });
  expect(eventIn(of, send(), payload.value).type).toBe("OrderCreated");
});

describe("a form", () => {
  it.each(['{"a":1}', "", "abc", "<a b=c/>", "a=b c", "a=\u0000", 'a="b"'])("is not %j", (text) => {
    expect(parseForm(Buffer.from(text))).toBeUndefined();
  });

  it("is read as URLSearchParams reads it", () => {
    const pieces = "a Z0 = & + % %2 %2B %20 %C3%A9 %C3 %FF %EF%BB%BF %00 '".split(" ");
    forRandomCases(2_000, (random) => {
      const text = `a=${Array.from({ length: random.below(12) }, () => random.pick(pieces)).join("")}`;
      const read = [...(parseForm(Buffer.from(text)) ?? [])];
      const params = new URLSearchParams(text);
      expect({ text, read }).toEqual({
        text,
        read: [...new Set(params.keys())].map((name) => [name, params.getAll(name)]),
      });
    });
  });

  it("keeps names that mean something to JavaScript as they are", () => {
    const form = parseForm(Buffer.from("__proto__=x&constructor=y&__proto__=z"));
    expect([...(form ?? [])]).toEqual([
      ["__proto__", ["x", "z"]],
      ["constructor", ["y"]],
    ]);
  });
});

it("takes time in proportion to its length, however many fields it has", () => {
  const { of, secret, send } = sender("twilio");
  const started = process.hrtime.bigint();
  for (const piece of ["=", "a=&", "=&"]) {
    const body = Buffer.from(piece.repeat(500_000));
    expect(verify(of, { ...send(), body }, [secret], NOW).ok).toBe(false);
    expect(parseForm(Buffer.concat([body, Buffer.from("{")]))).toBeUndefined();
  }
  const names = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `n${index}=1`).join("&"));
  expect(verify(of, { ...send(), body: names }, [secret], NOW).ok).toBe(false);
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(10_000);
});

describe("a multipart form", () => {
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const read = (text: string, type = "multipart/form-data; boundary=b") =>
    multipartField(type, Buffer.from(text), "json")?.toString();

  it("gives the field's bytes as they came", () => {
    expect(read(`${part("other", "x")}${part("json", '{"é":1}\r\n')}--b--\r\n`)).toBe('{"é":1}\r\n');
    expect(read(`${part("json", "1")}--b--`, 'multipart/form-data; charset=utf-8; boundary="b"')).toBe("1");
  });

  it.each([
    ["cut off", part("json", "1")],
    ["with the field twice", `${part("json", "1")}${part("json", "2")}--b--`],
    ["without the field", `${part("other", "1")}--b--`],
    ["empty", ""],
  ])("%s gives nothing", (_case, text) => {
    expect(read(text)).toBeUndefined();
    expect(read(text, "application/json")).toBeUndefined();
  });
});
