import { createHash, createHmac } from "node:crypto";
import {
  keyRequest,
  schemes,
  sign,
  signMessage,
  verify,
  type Scheme,
  type WebhookRequest,
} from "../../../../providers";
import { signedAddresses } from "../../../../providers/engine/address";
import { readPayload } from "../../../../functions/domain/payload";
import { makeJws, makeJwt, parseJws } from "../../../../providers/recipes/jwt";
import { keyPair } from "../../../../providers/engine/test-keys";
import { NOW, eventIn, request, withHeader } from "../../../support/providers/requests";
import { ADDRESS, custom, sender, type Sender } from "../../../support/providers/senders";

/*
 * What an attacker can make of a request that was captured: the same event in another form stays the same event, and
 * what the provider did not sign is rejected.
 */

const DAY = 86_400_000;

function taken({ of, secret, published }: Sender, incoming: WebhookRequest, now = NOW): boolean {
  return verify(of, incoming, [secret], now, published).ok;
}

/** The event's id of a request that is accepted. */
function idOf(from: Sender, incoming: WebhookRequest): string {
  expect(taken(from, incoming)).toBe(true);
  const payload = readPayload(from.of, incoming);
  return eventIn(from.of, incoming, payload.value).id;
}

describe("Adyen: every item carries its own proof", () => {
  const adyen = sender("adyen");
  interface Body {
    readonly notificationItems: readonly { readonly NotificationRequestItem: Record<string, unknown> }[];
  }
  const item = (pspReference: string) => ({
    NotificationRequestItem: { pspReference, eventCode: "CAPTURE", success: "true", reason: "ok" },
  });
  const sent = adyen.send({
    body: Buffer.from(JSON.stringify({ live: "true", notificationItems: [item("A"), item("B")] })),
  });
  const [a, b] = (JSON.parse(sent.body.toString()) as Body).notificationItems;
  if (!a || !b) throw new Error("two items");
  const of = (...notificationItems: unknown[]) =>
    request({}, Buffer.from(JSON.stringify({ live: "true", notificationItems })));
  const unsigned = (entry: typeof a, reason: string) => ({
    NotificationRequestItem: {
      ...entry.NotificationRequestItem,
      reason,
      additionalData: { ...(entry.NotificationRequestItem["additionalData"] as object), cardSummary: reason },
    },
  });

  it.each([
    ["twice", of(a, a)],
    ["three times", of(a, a, a)],
    ["twice, once with other unsigned values", of(a, unsigned(a, "x"))],
    ["with other unsigned values", of(unsigned(a, "y"))],
  ])("an item %s is the same event", (_case, copy) => {
    expect(idOf(adyen, copy)).toBe(idOf(adyen, of(a)));
  });

  it("a batch in another order, and with one of its items repeated, is the same event; another item is not", () => {
    expect(idOf(adyen, of(b, a))).toBe(idOf(adyen, of(a, b)));
    expect(idOf(adyen, of(a, b, a, b, b))).toBe(idOf(adyen, of(a, b)));
    expect(idOf(adyen, of(b))).not.toBe(idOf(adyen, of(a)));
    expect(idOf(adyen, of(a, b))).not.toBe(idOf(adyen, of(a)));
  });
});

/** The same bytes with bits set beyond the last one, where the encoding has such bits. */
function otherSpelling(part: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return part.slice(0, -1) + (alphabet[alphabet.indexOf(part.at(-1) ?? "") + 1] ?? "");
}

describe("a token has one spelling", () => {
  // 64 bytes are 86 characters: two bits of the last one are beyond the last byte.
  const token = makeJws({ alg: "HS512" }, Buffer.from('{"a":12}').toString("base64url"), "secret");
  const [header = "", payload = "", signature = ""] = token.split(".");

  it("in its signature, and in header and payload", () => {
    expect(parseJws(token)).toBeDefined();
    expect(Buffer.from(otherSpelling(signature), "base64url")).toEqual(Buffer.from(signature, "base64url"));
    expect(parseJws(`${header}.${payload}.${otherSpelling(signature)}`)).toBeUndefined();
    expect(parseJws(`${header}.${otherSpelling(payload)}.${signature}`)).toBeUndefined();
    expect(parseJws(`${otherSpelling(header)}.${payload}.${signature}`)).toBeUndefined();
  });

  it.each(["=", " ", "\n", "+", "/"])("a signature with %j behind it is another text", (end) => {
    expect(parseJws(`${token}${end}`)).toBeUndefined();
  });
});

describe("Wix", () => {
  const wix = sender("wix");
  const event = (data: unknown) => wix.send({ body: Buffer.from(JSON.stringify(data)) });

  it.each(["\n", "\r\n", " ", "\n\n\n", "\t"])(
    "white space around the token, %j, makes no other event",
    (space) => {
      const sent = event({ eventType: "a", instanceId: "i" });
      const copy = { ...sent, body: Buffer.from(`${space}${sent.body.toString()}${space}`) };
      expect(idOf(wix, copy)).toBe(idOf(wix, sent));
    },
  );

  it("the token's own id, or that of the event in it, is the event's; else what is signed", () => {
    const inner = (id: string) => ({ eventType: "a", data: JSON.stringify({ id, slug: "created" }) });
    expect(idOf(wix, event(inner("e-1")))).toBe("e-1");
    const withId = makeJwt(
      { alg: "RS256" },
      { data: JSON.stringify(inner("e-1")), jti: "t-1" },
      wix.signWith,
    );
    expect(idOf(wix, request({}, Buffer.from(withId)))).toBe("t-1");
    const one = event({ n: 1 });
    expect(idOf(wix, one)).toMatch(/^[0-9a-f]{64}$/);
    expect(idOf(wix, event({ n: 2 }))).not.toBe(idOf(wix, one));
  });
});

describe("an address whose query differs from call to call", () => {
  const URL_ = "https://hooks.example.com/webhook/sender";

  /** A Twilio callback to this address, as API Gateway passes its query. */
  function called(from: Sender, address: string, form = "MessageSid=SM1&MessageStatus=sent"): WebhookRequest {
    const fields = [...new URLSearchParams(form)].sort(([x], [y]) => (x < y ? -1 : 1)).flat();
    const signature = createHmac("sha1", from.secret)
      .update(`${address}${fields.join("")}`)
      .digest("base64");
    const decoded = [...new URL(address).searchParams];
    return {
      ...withHeader(request({}, Buffer.from(form)), "x-twilio-signature", signature),
      url: URL_,
      parameters: decoded,
      query: Object.fromEntries(decoded),
    };
  }

  const twilio = sender("twilio");

  it.each([
    "?id=12345",
    "?order=7&step=2",
    "?step=2&order=7",
    "?b=1&d=2&a=3&c=4",
    "?a=1&a=2&b=3",
    "?name=J%C3%BCrgen%20K",
    "?name=J%c3%bcrgen+K",
    "?next=https://example.com/a?b",
    "?next=https%3A%2F%2Fexample.com%2Fa%3Fb",
    "?to=%2B1415",
    "?token=YWJj==",
    "?flag",
    "?flag=",
    "?q=(it's)!",
    "?list=a,b;c:d@e",
  ])("%s is what was signed, and nothing else was", (query) => {
    expect(taken(twilio, called(twilio, `${URL_}${query}`))).toBe(true);
    const other = { ...called(twilio, `${URL_}${query}`), parameters: [["id", "other"] as const] };
    expect(taken(twilio, other)).toBe(false);
  });

  it("is put together also where API Gateway passes the parameters in another order", () => {
    const sent = called(twilio, `${URL_}?b=1&d=2&a=3&c=4`);
    const { parameters = [] } = sent;
    for (const order of [parameters.toSorted(), parameters.toReversed()])
      expect(taken(twilio, { ...sent, parameters: order })).toBe(true);
  });

  it("may begin with what the configured address holds, as it is written there", () => {
    const configured = `${URL_}?tenant=a%2fB+c`;
    for (const address of [configured, `${configured}&id=5`])
      expect(taken(twilio, { ...called(twilio, address), url: configured })).toBe(true);
  });

  it.each([
    "https://evil.example/webhook/sender?id=1",
    "https://hooks.example.com/webhook/other?id=1",
    "http://hooks.example.com/webhook/sender?id=1",
  ])("origin and path are those of the configured address: not %s", (address) => {
    expect(taken(twilio, called(twilio, address))).toBe(false);
  });

  it("the boundary between query and form, moved, makes no other event", () => {
    const sent = called(twilio, `${URL_}?id=12`);
    const move = (id: string, form: string) => ({
      ...sent,
      body: Buffer.from(form),
      parameters: [["id", id] as const],
      query: { id },
    });
    for (const copy of [
      move("12MessageSidSM1", "MessageStatus=sent"),
      move("12MessageSid", "SM1MessageStatus=sent"),
      move("1", "2MessageSid=SM1&MessageStatus=sent"),
    ]) {
      expect(idOf(twilio, copy)).toBe(idOf(twilio, sent));
    }
  });

  it.each(["hubspot-v3", "contentful", "mandrill"])("%s signs it, too", (id) => {
    const from = sender(id);
    const query = { order: "7", step: "2" };
    const signed = from.of.verify.sign({
      ...{ body: Buffer.from("mandrill_events=%5B%5D"), secret: from.signWith, now: NOW },
      url: `${ADDRESS}?order=7&step=2`,
    });
    const incoming = { ...request(signed.headers, signed.body), url: ADDRESS, query };
    expect(taken(from, incoming)).toBe(true);
    expect(taken(from, { ...incoming, query: { order: "8", step: "2" } })).toBe(false);
  });

  it.each(["square", "trello", "hubspot-v2"])("%s signs it, too", (id) => {
    const of = declared(id);
    const body = Buffer.from("{}");
    const signed = signMessage(of, { secret: "secret", now: NOW, body, url: `${URL_}?order=7&step=2` });
    const called = (order: string) => ({
      ...request(signed.headers, body),
      url: URL_,
      query: { step: "2", order },
    });
    expect(verify(of, called("7"), ["secret"], NOW).ok).toBe(true);
    expect(verify(of, called("8"), ["secret"], NOW).ok).toBe(false);
  });

  it("a forged request costs little: a large body is hashed twice, a small one 120 times", () => {
    const parameters = ["a", "b", "c", "d"].map((name) => [name, "é '+"] as const);
    const tried = (bytes: number) =>
      signedAddresses(URL_, { ...request({}, Buffer.alloc(bytes)), parameters }).length;
    expect(tried(4_500_000)).toBe(2);
    expect(tried(500_000)).toBe(3);
    expect(tried(50_000)).toBe(10);
    expect(tried(100)).toBe(120);
    expect(signedAddresses(URL_, request({}))).toEqual([URL_]);
  });
});

it("Twilio: the signature of a JSON body is not good for a form", () => {
  const twilio = sender("twilio");
  const bodySHA256 = createHash("sha256").update("{}").digest("hex");
  const signature = createHmac("sha1", twilio.secret)
    .update(`${ADDRESS}?bodySHA256=${bodySHA256}`)
    .digest("base64");
  const json = withHeader(
    { ...request({}, Buffer.from("{}")), url: ADDRESS },
    "x-twilio-signature",
    signature,
  );
  expect(taken(twilio, { ...json, query: { bodySHA256 } })).toBe(true);
  for (const form of [
    `?=bodySHA256%3D${bodySHA256}`,
    `?bodySHA256%3D=${bodySHA256}`,
    `%3FbodySHA256=%3D${bodySHA256}`,
  ])
    expect(taken(twilio, { ...json, body: Buffer.from(form) })).toBe(false);
});

describe("PayPal's signed time", () => {
  const paypal = sender("paypal");
  it.each([
    [0, true],
    [3 * DAY, true],
    [5 * DAY, true],
    [5 * DAY + 1, false],
    [365 * DAY, false],
  ])("%i ms later: %s", (later, ok) => {
    const signed = paypal.send();
    // A certificate that is valid throughout, so that only the time decides.
    const verdict = verify(
      paypal.of,
      paypal.send({ now: NOW - later }),
      [paypal.secret],
      NOW,
      paypal.published,
    );
    expect(verdict).toMatchObject(
      ok ? { ok } : { ok, reason: "timestamp_outside_window", timestamp: NOW - later },
    );
    expect(taken(paypal, signed)).toBe(true);
  });

  it("that is none is rejected", () => {
    expect(
      verify(paypal.of, withHeader(paypal.send(), "paypal-transmission-time", "now"), [paypal.secret], NOW),
    ).toMatchObject({ reason: "header_malformed" });
  });
});

describe("SNS: a certificate is fetched from the topic's own Region and from nowhere else", () => {
  const { of, secret } = sender("aws-sns");
  const asked = (host: string, topic = secret, configured = secret) =>
    keyRequest(
      of,
      request(
        {},
        Buffer.from(
          JSON.stringify({
            TopicArn: topic,
            SigningCertURL: `https://${host}/SimpleNotificationService-0123456789abcdef.pem`,
          }),
        ),
      ),
      [configured],
    )?.url;

  it.each([
    ["sns.us-east-1.amazonaws.com", "arn:aws:sns:us-east-1:123456789012:t"],
    ["sns.us-gov-west-1.amazonaws.com", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t"],
    ["sns.cn-north-1.amazonaws.com.cn", "arn:aws-cn:sns:cn-north-1:123456789012:t"],
    ["sns.ap-southeast-2.amazonaws.com", "arn:aws:sns:ap-southeast-2:123456789012:t"],
  ])("%s for %s", (host, topic) => {
    expect(asked(host, topic, topic)).toMatch(`https://${host}/`);
  });

  it.each([
    "sns.s3-us-west-2.amazonaws.com",
    "sns.s3-accelerate.amazonaws.com",
    "sns.s3.amazonaws.com",
    "sns.eu-west-1.amazonaws.com",
    "sns.us-east-1.amazonaws.com.cn",
    "sns.us-east-1.amazonaws.com.evil.example",
    "evil.sns.us-east-1.amazonaws.com",
    "sqs.us-east-1.amazonaws.com",
  ])("not %s", (host) => {
    expect(asked(host)).toBeUndefined();
  });

  it("nothing for another topic, however its Region is called", () => {
    const bucket = "arn:aws:sns:s3-us-west-2:123456789012:t";
    expect(asked("sns.us-east-1.amazonaws.com", "arn:aws:sns:us-east-1:999999999999:t")).toBeUndefined();
    expect(asked("sns.s3-us-west-2.amazonaws.com", bucket)).toBeUndefined();
    expect(asked("sns.s3-us-west-2.amazonaws.com", bucket, bucket)).toBeUndefined();
    expect(() => verify(of, request({}), [bucket], NOW)).toThrow(/is not the ARN of a topic/);
  });
});

describe("a public key is no shared secret, however it is written", () => {
  const { secret: pem, signWith } = keyPair("rsa");
  const der = pem.replace(/-----[A-Z ]+-----|\s/g, "");
  const body = Buffer.from('{"event":{"id":"e1"}}');
  const claims = { request_body_sha256: createHash("sha256").update(body).digest("base64") };
  const of = custom("fusionauth");
  const carrying = (token: string) => request({ "X-FusionAuth-Signature-JWT": token }, body);

  it.each([
    ["PEM", pem],
    ["base64 of DER", der],
    ["base64 in lines", pem.replace(/-----[A-Z ]+-----/g, "").trim()],
    ["base64 without padding", der.replace(/=+$/, "")],
  ])(
    "FusionAuth: %s verifies what its private half signed, and no HMAC that was made with its text",
    (_form, text) => {
      expect(verify(of, carrying(makeJwt({ alg: "RS256" }, claims, signWith)), [text], NOW).ok).toBe(true);
      expect(verify(of, carrying(makeJwt({ alg: "HS256" }, claims, text)), [text], NOW).ok).toBe(false);
    },
  );

  it("monday.com: signs nothing", () => {
    const monday = custom("monday");
    const token = makeJwt({ alg: "HS256" }, { exp: NOW / 1000 + 60 }, der);
    expect(verify(monday, request({ Authorization: token }), [der], NOW).ok).toBe(false);
  });
});

describe("Coinbase Developer Platform", () => {
  const cdp = sender("coinbase-cdp");

  /** `t`, the names, the values and the body, joined by points. @see https://docs.cdp.coinbase.com/webhooks/verify-signatures */
  it("signs what its documentation says", () => {
    const t = String(Math.floor(NOW / 1000));
    const body = '{"eventType":"onramp.transaction.success"}';
    const text = `${t}.content-type x-event-id x-event-type.application/json.e-1.onramp.transaction.success.${body}`;
    const v1 = createHmac("sha256", cdp.secret).update(text).digest("hex");
    const v0 = createHmac("sha256", cdp.secret).update(`${t}.${body}`).digest("hex");
    const incoming = (signature: string) =>
      request(
        {
          "Content-Type": "application/json",
          "X-Event-Id": "e-1",
          "X-Event-Type": "onramp.transaction.success",
          "X-Hook0-Signature": signature,
        },
        Buffer.from(body),
      );
    const whole = incoming(`t=${t},v0=${v0},h=content-type x-event-id x-event-type,v1=${v1}`);
    expect(idOf(cdp, whole)).toBe("e-1");
    expect(eventIn(cdp.of, whole, JSON.parse(body)).type).toBe("onramp.transaction.success");
    expect(taken(cdp, incoming(`t=${t},v0=${v0}`))).toBe(false);
    expect(taken(cdp, incoming(`t=${t},h=content-type,v1=${v1}`))).toBe(false);
    expect(taken(cdp, incoming(`t=${t},h=content-type x-event-id x-event-type,v1=${v0}`))).toBe(false);
  });

  it("a signed header cannot be changed, left out or sent twice, and an unsigned id counts for nothing", () => {
    const sent = cdp.send({ id: "e-1" });
    expect(taken(cdp, withHeader(sent, "x-event-id", "e-2"))).toBe(false);
    expect(taken(cdp, withHeader(sent, "x-event-id"))).toBe(false);
    expect(taken(cdp, withHeader(sent, "x-event-id", "e-1", "e-1"))).toBe(false);
    expect(idOf(cdp, withHeader(sent, "x-hook0-id", "other"))).toBe("e-1");
  });

  it("takes what was signed within five minutes", () => {
    const sent = cdp.send();
    expect(taken(cdp, sent, NOW + 300_000)).toBe(true);
    expect(taken(cdp, sent, NOW + 301_000)).toBe(false);
  });
});

/** A scheme of the registry that is data. */
function declared(id: string): Scheme {
  const found = schemes[id];
  if (!found) throw new Error(`no scheme ${id}`);
  return found;
}

describe("Orb, while secrets are exchanged", () => {
  const orb = declared("orb");
  const body = Buffer.from('{"id":"e1"}');
  const both = request(sign(orb, { secret: ["old", "new"], now: NOW, body }), body);

  it("writes the signatures of both side by side, and either secret is the right one", () => {
    expect(both.headers["x-orb-signature"]?.[0]).toMatch(/^v1=[0-9a-f]{64} v1=[0-9a-f]{64}$/);
    for (const secret of ["old", "new"]) expect(verify(orb, both, [secret], NOW).ok).toBe(true);
    expect(verify(orb, both, ["neither"], NOW)).toMatchObject({ reason: "signature_mismatch" });
  });
});

it.each([
  ["paddle", 60],
  ["mailgun", 8 * 3600],
])("%s is taken %i s after it was signed: a retry, or a slow network, does not lose it", (id, seconds) => {
  const of = declared(id);
  const body = Buffer.from('{"event_id":"e1","signature":{"token":"t"}}');
  const message = { secret: "secret", now: NOW - seconds * 1000, body };
  const { headers, body: signed } = signMessage(of, message);
  expect(verify(of, request(headers, signed), ["secret"], NOW).ok).toBe(true);
});

it("Basic credentials have one spelling", () => {
  const of = declared("postmark");
  // Eight bytes: four bits of the last character are beyond the last one.
  const text = Buffer.from("user:abc").toString("base64");
  const verdict = (credentials: string) =>
    verify(of, request({ Authorization: `Basic ${credentials}` }), ["user:abc"], NOW).ok;
  expect(verdict(text)).toBe(true);
  expect(verdict(text.replace(/.=$/, "h="))).toBe(false);
  expect(verdict(text.replace("=", ""))).toBe(false);
});
