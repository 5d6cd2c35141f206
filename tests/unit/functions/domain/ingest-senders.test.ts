import { ingest } from "../../../../functions/domain/ingest";
import type { IngestPorts, QueueMessage, RawPayload } from "../../../../functions/domain/ingest-ports";
import type { IngestRequest } from "../../../../functions/domain/ingest-request";
import { verifyTokenOf, type Provider } from "../../../../functions/domain/provider";
import { UnavailableError } from "../../../../functions/domain/errors";
import { INLINE_LIMIT_BYTES } from "../../../../functions/domain/webhook";
import { schemes, signMessage, type KeyRequest } from "../../../../providers";
import { NOW } from "../../../support/providers/requests";
import { ADDRESS, sender } from "../../../support/providers/senders";

/* How ingestion treats providers that ask, that send other than JSON, and whose keys must be fetched. */

interface Options {
  readonly provider?: Partial<Provider>;
  readonly secret: string;
  readonly verifyToken?: string;
  /** What a fetch brings, one after the other; the last one stays. */
  readonly found?: readonly (string | undefined | Error)[];
  readonly learns?: boolean;
  readonly visit?: () => Promise<void>;
}

function world(
  id: string,
  { provider = {}, secret, verifyToken, found = [], learns = false, visit }: Options,
) {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`no scheme ${id}`);
  const payloads: RawPayload[] = [];
  const messages: QueueMessage[] = [];
  const learnt: string[] = [];
  const visited: string[] = [];
  const fetched: KeyRequest[] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const left = [...found];
  const bring = async (request: KeyRequest) => {
    fetched.push(request);
    const one = left.length > 1 ? left.shift() : left[0];
    if (one instanceof Error) throw one;
    return one;
  };
  let key: string | undefined;
  const ports: IngestPorts = {
    providers: new Map([["own", { name: "own", scheme, ...provider }]]),
    secrets: {
      get: async (name) =>
        name === verifyTokenOf("own") && verifyToken !== undefined ? [verifyToken] : [secret],
      refresh: async () => false,
      learn: async (_name, told) => (learns ? (learnt.push(told), true) : false),
    },
    keys: {
      fetch: async (request) => (key ??= await bring(request)),
      refresh: async (request) => ((key = await bring(request)), true),
    },
    visit: async (url) => {
      await visit?.();
      visited.push(url);
    },
    payloads: { put: async (payload) => void payloads.push(payload), remove: () => Promise.reject() },
    records: { claim: async () => "new" },
    queue: { send: async (message) => void messages.push(message) },
    rejected: { admits: () => false, keep: async () => false },
    now: () => NOW,
    log: (line) => lines.push(line),
  };
  const base = {
    method: "POST",
    pathProvider: "own",
    requestId: "req-1",
    headers: {},
    body: Buffer.alloc(0),
  };
  const send = (over: Partial<IngestRequest>) => ingest({ ...base, ...over }, ports);
  return { send, payloads, messages, learnt, visited, fetched, lines };
}

const lower = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]));

describe("a challenge that comes before anything is signed", () => {
  test("is answered, and nothing is stored", async () => {
    const { send, messages, payloads, lines } = world("meta", {
      secret: "s",
      verifyToken: "t",
      provider: { hasVerifyToken: true },
    });
    const query = { "hub.mode": "subscribe", "hub.verify_token": "t", "hub.challenge": "42" };
    const answer = await send({ method: "GET", query });
    expect(answer).toMatchObject({ status: 200, body: "42" });
    expect([messages, payloads]).toEqual([[], []]);
    expect(lines).toMatchObject([{ handshake: true, status: 200 }]);
    expect(JSON.stringify(lines)).not.toContain("42");
  });

  test("that is none is rejected", async () => {
    const { send } = world("meta", { secret: "s" });
    for (const method of ["GET", "HEAD", "PUT"]) {
      expect(await send({ method })).toMatchObject({
        status: 400,
        headers: { "content-type": "application/problem+json" },
      });
    }
  });

  test("that is long is not even read", async () => {
    const { send } = world("monday", { secret: "s" });
    const body = Buffer.from(`{"challenge":"a"}${" ".repeat(5_000)}`);
    expect((await send({ body })).status).toBe(401);
    expect((await send({ body: Buffer.from('{"challenge":"a"}') })).status).toBe(200);
  });
});

describe("a secret that a provider sends", () => {
  const told = "b537207f20cbfa02357cf448134da559";
  const handshake = { headers: { "x-hook-secret": [told] } };

  test("is stored before the answer where the provider is to learn it", async () => {
    const { send, learnt } = world("asana", { secret: "", learns: true, provider: { learnsSecret: true } });
    expect(await send(handshake)).toEqual({
      status: 200,
      headers: { "x-hook-secret": told, "x-content-type-options": "nosniff" },
      body: "",
    });
    expect(learnt).toEqual([told]);
  });

  test.each([
    ["the provider is not configured to", { learns: true, provider: {} }],
    ["none is awaited", { learns: false, provider: { learnsSecret: true } }],
  ])("is not where %s, and the answer does not repeat it", async (_case, options) => {
    const { send, learnt } = world("asana", { secret: "s", ...options });
    const answer = await send(handshake);
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer)).not.toContain(told);
    expect(learnt).toEqual([]);
  });
});

describe("a provider whose key is fetched", () => {
  const plaid = sender("plaid");
  const incoming = () => ({ headers: plaid.send().headers, body: plaid.send().body });

  test("is verified with it", async () => {
    const { send, fetched, messages } = world("plaid", { secret: plaid.secret, found: [plaid.published] });
    expect((await send(incoming())).status).toBe(202);
    expect(fetched.map(({ url }) => url)).toEqual([
      "https://production.plaid.com/webhook_verification_key/get",
    ]);
    expect(messages).toHaveLength(1);
  });

  test("that has changed its keys is verified with the new one", async () => {
    const { send } = world("plaid", { secret: plaid.secret, found: ["{}", plaid.published] });
    expect((await send(incoming())).status).toBe(202);
  });

  test("is rejected where there is no such key, and asked to retry if its host is unreachable", async () => {
    expect((await world("plaid", { secret: plaid.secret, found: [undefined] }).send(incoming())).status).toBe(
      401,
    );
    const away = world("plaid", {
      secret: plaid.secret,
      found: [new UnavailableError("key", { cause: "down" })],
    });
    expect((await away.send(incoming())).status).toBe(503);
    expect(JSON.stringify(away.lines)).not.toContain("client-secret");
  });

  test("nothing is fetched for a request that names nothing of the list", async () => {
    const paypal = sender("paypal");
    const { send, fetched } = world("paypal", { secret: paypal.secret, found: [paypal.published] });
    const good = paypal.send();
    const headers = {
      ...good.headers,
      "paypal-cert-url": ["https://evil.example/v1/notifications/certs/CERT-1"],
    };
    expect((await send({ ...good, headers })).status).toBe(401);
    expect(fetched).toEqual([]);
  });
});

describe("SNS's confirmation", () => {
  const sns = sender("aws-sns");
  const url = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=t&Token=2336";
  const body = Buffer.from(
    JSON.stringify({ Type: "SubscriptionConfirmation", SubscribeURL: url, Token: "2336", Message: "m" }),
  );

  test("is called before the answer, and is no webhook", async () => {
    const { send, visited, messages } = world("aws-sns", { secret: sns.secret, found: [sns.published] });
    expect((await send(sns.send({ body }))).status).toBe(200);
    expect([visited, messages]).toEqual([[url], []]);
  });

  test("is requested again where the call fails", async () => {
    const visit = () => Promise.reject(new UnavailableError("sns", { cause: "down" }));
    const { send } = world("aws-sns", { secret: sns.secret, found: [sns.published], visit });
    expect((await send(sns.send({ body }))).status).toBe(503);
  });

  test("of another topic is not called", async () => {
    const { send, visited } = world("aws-sns", {
      secret: "arn:aws:sns:us-east-1:123456789012:other",
      found: [sns.published],
    });
    expect((await send(sns.send({ body }))).status).toBe(401);
    expect(visited).toEqual([]);
  });
});

describe("the address that a provider signs", () => {
  const twilio = sender("twilio");
  const incoming = (url?: string) => ({
    headers: twilio.send().headers,
    body: twilio.send().body,
    ...(url && { url }),
  });

  test("is the configured one, else the one that the request came to", async () => {
    const configured = world("twilio", { secret: twilio.secret, provider: { url: ADDRESS } });
    expect((await configured.send(incoming("https://api.example.com/v1/webhook/own"))).status).toBe(202);
    const unconfigured = world("twilio", { secret: twilio.secret });
    expect((await unconfigured.send(incoming(ADDRESS))).status).toBe(202);
    expect((await unconfigured.send(incoming("https://api.example.com/v1/webhook/own"))).status).toBe(401);
  });
});

describe("a payload that is not JSON", () => {
  const braintree = sender("braintree");
  const incoming = (xml: string) => {
    const { headers, body } = braintree.send({ body: Buffer.from(xml) });
    return { headers, body };
  };

  test("travels as base64, and its bytes are kept as they came", async () => {
    const { send, messages, payloads } = world("braintree", { secret: braintree.secret });
    const request = incoming("<notification><kind>check</kind></notification>");
    expect((await send(request)).status).toBe(202);
    expect(messages[0]?.webhook).toMatchObject({
      type: "check",
      contentType: "application/xml",
      dataBase64: Buffer.from("<notification><kind>check</kind></notification>").toString("base64"),
    });
    expect(messages[0]?.webhook).not.toHaveProperty("data");
    expect(payloads[0]).toMatchObject({
      body: request.body,
      contentType: "application/x-www-form-urlencoded",
    });
  });

  test("that is large travels by reference to what came, under that type", async () => {
    const { send, messages } = world("braintree", { secret: braintree.secret });
    await send(incoming(`<a>${"x".repeat(INLINE_LIMIT_BYTES)}</a>`));
    expect(messages[0]?.webhook).not.toHaveProperty("dataBase64");
    expect(messages[0]?.webhook.contentType).toBe("application/x-www-form-urlencoded");
  });

  test("in a form that the provider does not list is published as it came", async () => {
    const body = Buffer.from("<a/>");
    const scheme = schemes["zendesk"];
    if (!scheme) throw new Error("no scheme");
    const { headers } = signMessage(scheme, { body, secret: "s", now: NOW });
    const { send, messages } = world("zendesk", { secret: "s" });
    const answer = await send({ headers: { ...lower(headers), "content-type": ["application/xml"] }, body });
    expect(answer.status).toBe(202);
    expect(messages[0]?.webhook).toMatchObject({
      contentType: "application/xml",
      dataBase64: body.toString("base64"),
    });
  });
});

describe("the answer that a provider insists on", () => {
  test.each([
    ["adyen", 200, "[accepted]"],
    ["dropbox-sign", 200, "Hello API Event Received"],
  ])("%s gets %i %s", async (id, status, text) => {
    const own = sender(id);
    const { send } = world(id, { secret: own.secret });
    expect(await send(own.send())).toMatchObject({ status, body: text });
  });

  test("Slack's commands get an empty 200, since people see the answer; its events get the usual one", async () => {
    const scheme = schemes["slack"];
    if (!scheme) throw new Error("no scheme");
    const { send } = world("slack", { secret: "s" });
    const sent = (text: string, type: string) => {
      const body = Buffer.from(text);
      return send({
        headers: {
          ...lower(signMessage(scheme, { body, secret: "s", now: NOW }).headers),
          "content-type": [type],
        },
        body,
      });
    };
    expect(await sent("command=%2Fa&text=b", "application/x-www-form-urlencoded")).toEqual({
      status: 200,
      headers: {},
      body: "",
    });
    expect((await sent('{"event_id":"Ev1"}', "application/json")).status).toBe(202);
  });
});
