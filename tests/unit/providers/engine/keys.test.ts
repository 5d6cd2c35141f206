import { sign as signBytes } from "node:crypto";
import { ConfigurationError, handshake, keyRequest, verify } from "../../../../providers";
import { makeJwt } from "../../../../providers/recipes/jwt";
import { keyPair } from "../../../../providers/engine/test-keys";
import { allowedKeyUrl } from "../../../../providers/engine/key-url";
import { NOW, request, withHeader } from "../../../support/providers/requests";
import { certificate } from "../../../../providers/engine/test-certificates";
import { custom, jwk, sender } from "../../../support/providers/senders";

describe("an address that a request names is fetched only where the scheme lists it", () => {
  const allowed = [{ host: /^sns\.[a-z0-9-]{3,}\.amazonaws\.com$/, path: /^\/[A-Za-z0-9-]+\.pem$/ }];
  const good = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem";

  it.each([
    [good, good],
    ["https://SNS.us-east-1.AMAZONAWS.com/a.pem", "https://sns.us-east-1.amazonaws.com/a.pem"],
    ["https://sns.us-east-1.amazonaws.com:443/a.pem", "https://sns.us-east-1.amazonaws.com/a.pem"],
  ])("%s is", (url, fetched) => {
    expect(allowedKeyUrl(url, allowed)).toBe(fetched);
  });

  it.each([
    undefined,
    "",
    "not a url",
    "/a.pem",
    good.replace("https:", "http:"),
    good.replace("https:", "file:"),
    "https://user:pass@sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com:8443/a.pem",
    "https://sns.us-east-1.amazonaws.com/a.pem#x",
    "https://sns.us-east-1.amazonaws.com/a.pem?x=1",
    "https://sns.us-east-1.amazonaws.com.evil.example/a.pem",
    "https://evil.example/sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.example\\@sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com@evil.example/a.pem",
    "https://bucket.s3.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com/../a/b.pem",
    "https://127.0.0.1/a.pem",
    "https://169.254.169.254/latest/meta-data/a.pem",
    "https://sns.us-east-1.amazonaws.com/%2e%2e/a.pem/x",
    `https://sns.us-east-1.amazonaws.com/${"a".repeat(600)}.pem`,
  ])("%s is not", (url) => {
    expect(allowedKeyUrl(url, allowed)).toBeUndefined();
  });
});

describe("what is fetched for a request", () => {
  it("PayPal's certificate, from PayPal's host and no other, and never the sandbox's for live", () => {
    const { of, secret, send } = sender("paypal");
    const asked = (url: string) => keyRequest(of, withHeader(send(), "paypal-cert-url", url), [secret]);
    const path = "/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270";
    expect(asked(`https://api.paypal.com${path}`)).toEqual({ url: `https://api.paypal.com${path}` });
    for (const host of [
      "api.sandbox.paypal.com",
      "api.paypal.com.evil.example",
      "evilapi.paypal.com",
      "www.paypal.com",
    ]) {
      expect(asked(`https://${host}${path}`)).toBeUndefined();
    }
    expect(asked("https://api.paypal.com/v1/other")).toBeUndefined();
    const sandbox = custom("paypal-sandbox");
    expect(
      keyRequest(sandbox, withHeader(send(), "paypal-cert-url", `https://api.paypal.com${path}`), [secret]),
    ).toBeUndefined();
  });

  it("Plaid's key, with the credentials of the environment, for an id that is one", () => {
    const { of, signWith, send } = sender("plaid");
    const asked = (token: string) =>
      keyRequest(of, withHeader(send(), "plaid-verification", token), ["id:secret"]);
    const token = (kid: string) => makeJwt({ alg: "ES256", kid }, {}, signWith);
    expect(asked(token("6c5516e1"))).toEqual({
      url: "https://production.plaid.com/webhook_verification_key/get",
      body: '{"client_id":"id","secret":"secret","key_id":"6c5516e1"}',
    });
    expect(asked(token("../../x"))).toBeUndefined();
    expect(asked(makeJwt({ alg: "HS256", kid: "k" }, {}, "secret"))).toBeUndefined();
    expect(asked("junk")).toBeUndefined();
    expect(() => keyRequest(of, send(), ["only-one-half"])).toThrow(/is not <client id>:<client secret>/);
  });

  it("the key set at the address that the operator configured, and at no address of a network", () => {
    const { of, send } = sender("neon");
    const url = "https://ep-1.neonauth.example/auth/.well-known/jwks.json";
    expect(keyRequest(of, send(), [url])).toEqual({ url });
    for (const bad of [
      "http://a.example/jwks.json",
      "https://169.254.169.254/jwks.json",
      "https://localhost/jwks.json",
      "https://a.example:8443/jwks.json",
      "https://[::1]/jwks.json",
    ]) {
      expect(() => keyRequest(of, send(), [bad])).toThrow(ConfigurationError);
    }
    expect(keyRequest(custom("fusionauth"), send(), ["a shared key"])).toBeUndefined();
  });
});

describe("a token's own header decides nothing", () => {
  const { of, secret, signWith } = (() => {
    const pair = keyPair("rsa");
    return { of: custom("fusionauth"), secret: pair.secret, signWith: pair.signWith };
  })();
  const body = Buffer.from('{"event":{"id":"e1","type":"user.create"}}');
  const claims = { request_body_sha256: "" };
  const carrying = (token: string) => request({ "X-FusionAuth-Signature-JWT": token }, body);

  it("a public key is not taken for the secret of an HMAC", () => {
    const forged = makeJwt({ alg: "HS256" }, claims, secret);
    expect(verify(of, carrying(forged), [secret], NOW).ok).toBe(false);
  });

  it.each(["none", "None", "HS256", "RS512", "constructor", "__proto__"])(
    "%s in place of the algorithm",
    (alg) => {
      const [, payload = "", signature = ""] = makeJwt({ alg: "RS256" }, claims, signWith).split(".");
      const header = Buffer.from(JSON.stringify({ alg })).toString("base64url");
      expect(verify(of, carrying(`${header}.${payload}.${signature}`), [secret], NOW).ok).toBe(false);
      expect(verify(of, carrying(`${header}.${payload}.`), [secret], NOW).ok).toBe(false);
    },
  );

  it("a critical extension that is not understood is rejected", () => {
    const token = makeJwt({ alg: "RS256", crit: ["b64"], b64: false } as { alg: string }, claims, signWith);
    expect(verify(of, carrying(token), [secret], NOW)).toMatchObject({ reason: "header_malformed" });
  });

  it("an algorithm that the provider does not use is rejected, also under the right key", () => {
    const wix = sender("wix");
    const token = (alg: string) => request({}, Buffer.from(makeJwt({ alg }, { data: "{}" }, wix.signWith)));
    expect(verify(wix.of, token("RS256"), [wix.secret], NOW).ok).toBe(true);
    expect(verify(wix.of, token("RS512"), [wix.secret], NOW).ok).toBe(false);
    const shared = sender("monday");
    const longer = makeJwt({ alg: "HS512" }, { exp: NOW / 1000 + 60 }, shared.secret);
    expect(verify(shared.of, request({ Authorization: longer }), [shared.secret], NOW).ok).toBe(false);
  });

  it("a key of another type is not used", () => {
    const ec = keyPair("ec");
    const plaid = sender("plaid");
    const found = JSON.stringify({ key: { ...jwk(keyPair("rsa").signWith), kid: "test-key" } });
    expect(verify(plaid.of, plaid.send({ signWith: ec.signWith }), [plaid.secret], NOW, found).ok).toBe(
      false,
    );
  });

  it("Plaid's expired key is not used", () => {
    const { of: plaid, secret: credentials, send, published = "" } = sender("plaid");
    const expired = published.replace('"expired_at":null', '"expired_at":1700000000');
    expect(verify(plaid, send(), [credentials], NOW, published).ok).toBe(true);
    expect(verify(plaid, send(), [credentials], NOW, expired).ok).toBe(false);
  });
});

describe("a certificate", () => {
  const DAY = 86_400_000;
  const { of, secret, signWith, send } = sender("aws-sns");
  const key = signWith.slice(signWith.indexOf("-----BEGIN"));
  const verdict = (pem: string) => verify(of, send(), [secret], NOW, pem);

  it("is used while it is valid", () => {
    expect(verdict(certificate(key, NOW - DAY, NOW + DAY)).ok).toBe(true);
    expect(verdict(certificate(key, NOW - 2 * DAY, NOW - DAY)).ok).toBe(false);
    expect(verdict(certificate(key, NOW + DAY, NOW + 2 * DAY)).ok).toBe(false);
  });

  it("of an elliptic curve is none of theirs", () => {
    expect(verdict(certificate(keyPair("ec").signWith, NOW - DAY, NOW + DAY)).ok).toBe(false);
  });
});

describe("a provider that signs for all its customers with one key", () => {
  it("SNS: another account's topic is rejected", () => {
    const { of, send, published } = sender("aws-sns");
    const mine = "arn:aws:sns:us-east-1:123456789012:mine";
    expect(verify(of, send(), [mine], NOW, published)).toMatchObject({
      ok: false,
      detail: "it is of another topic",
    });
    expect(() => verify(of, send(), ["a secret"], NOW, published)).toThrow(/is not the ARN of a topic/);
  });

  it("Fireblocks: another workspace is rejected", () => {
    const { of, send, published } = sender("fireblocks");
    expect(verify(of, send(), ["another-workspace"], NOW, published)).toMatchObject({
      ok: false,
      detail: "it is of another workspace",
    });
  });
});

describe("SNS", () => {
  const { of, secret, signWith, send, published } = sender("aws-sns");
  const [topic = "", key = ""] = signWith.split(/\|(.*)/s);

  it("signs version 1 with SHA-1", () => {
    const message = {
      Type: "Notification",
      MessageId: "m1",
      TopicArn: topic,
      Subject: "s",
      Message: "hello",
      Timestamp: "2026-03-01T12:00:00.000Z",
      SignatureVersion: "1",
    };
    const text = `Message\nhello\nMessageId\nm1\nSubject\ns\nTimestamp\n${message.Timestamp}\nTopicArn\n${topic}\nType\nNotification\n`;
    const Signature = signBytes("sha1", Buffer.from(text), key).toString("base64");
    const incoming = (over: object) =>
      request({}, Buffer.from(JSON.stringify({ ...message, Signature, ...over })));
    expect(verify(of, incoming({}), [secret], NOW, published).ok).toBe(true);
    for (const change of [
      { Message: "bye" },
      { Subject: undefined },
      { SignatureVersion: "3" },
      { Type: "Other" },
      { Type: "constructor" },
    ]) {
      expect(verify(of, incoming(change), [secret], NOW, published).ok).toBe(false);
    }
  });

  it("names the address that confirms a subscription, and only SNS's is called", () => {
    const confirmation = (SubscribeURL: string) => ({
      Type: "SubscriptionConfirmation",
      SubscribeURL,
      TopicArn: topic,
      Token: "t",
      Message: "m",
    });
    const url = `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37`;
    const body = Buffer.from(JSON.stringify(confirmation(url)));
    const incoming = send({ body });
    expect(verify(of, incoming, [secret], NOW, published).ok).toBe(true);
    expect(handshake(of, incoming, confirmation(url))).toMatchObject({ status: 200, visit: url });
    for (const other of [
      url.replace("ConfirmSubscription", "DeleteTopic"),
      url.replace("amazonaws.com", "amazonaws.com.evil.example"),
      url.replace("https", "http"),
      url.replace("sns.us-east-1", "sns.eu-west-1"),
      url.replace("sns.us-east-1", "sns.s3-us-west-2"),
      url.replace("sns.us-east-1", "sns.s3-accelerate"),
    ]) {
      expect(handshake(of, incoming, confirmation(other))).toBeUndefined();
    }
    expect(handshake(of, incoming, { ...confirmation(url), Type: "Notification" })).toBeUndefined();
  });
});

it("PayPal: a body with another checksum, another webhook's id and another algorithm are rejected", () => {
  const { of, secret, send, published } = sender("paypal");
  const good = send();
  expect(verify(of, good, [secret], NOW, published).ok).toBe(true);
  expect(verify(of, { ...good, body: Buffer.from('{"id":"evt_2"}') }, [secret], NOW, published).ok).toBe(
    false,
  );
  expect(verify(of, good, ["9999999999999999X"], NOW, published).ok).toBe(false);
  expect(
    verify(of, withHeader(good, "paypal-auth-algo", "SHA1withRSA"), [secret], NOW, published),
  ).toMatchObject({ reason: "header_malformed" });
});
